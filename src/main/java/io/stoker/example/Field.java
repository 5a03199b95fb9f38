package io.stoker.example;

import java.util.Random;

/** Farmland: parcels of one crop each, drilled in rows, with tramlines and hedges. */
final class Field implements Texture {
  private static final int[] CROPS = {
    0x6f8f3f, 0x8aa04a, 0xb9a758, 0xc9b46c, 0x9a7b53, 0x86664a, 0x7d9a55, 0xcdbf4a, 0xa89468,
    0x5f8040
  };
  private static final int HEDGE = 0x3f5a30;
  private static final int TRACK = 0xb8a587;

  private final Noise noise;
  private final Noise parcels;
  private final Turn turn;
  private final double strip;

  Field(Random random) {
    noise = new Noise(random.nextInt());
    parcels = new Noise(random.nextInt());
    turn = Turn.by(random.nextDouble() * Math.PI);
    strip = 130 + 90 * random.nextDouble();
  }

  @Override
  public int at(double x, double y) {
    // A slow warp bends the boundaries as the land does.
    double bend = 22 * noise.at(x / 520, y / 520);
    double u = turn.u(x, y) + bend;
    double v = turn.v(x, y) - bend;
    int column = (int) Math.floor(u / strip);
    double inColumn = u - column * strip;
    double length = strip * (0.9 + 1.3 * parcels.unit(column, 7919));
    double along = v + length * parcels.unit(column, 104729);
    int row = (int) Math.floor(along / length);
    double inRow = along - row * length;
    double edge = Math.min(Math.min(inColumn, strip - inColumn), Math.min(inRow, length - inRow));
    int parcel = parcels.hash(column, row);
    double border = 1.6 + 2.2 * Noise.unit(parcel);
    if (edge < border) {
      return (parcel & 3) == 0
          ? HEDGE
          : Colour.mix(TRACK, HEDGE, 0.3 + 0.5 * noise.at(x / 9, y / 9));
    }
    boolean lengthwise = (parcel & 4) != 0;
    return crop(x, y, parcel, lengthwise ? inColumn : inRow);
  }

  private int crop(double x, double y, int parcel, double across) {
    int colour = CROPS[(int) (Noise.unit(parcel) * CROPS.length)];
    double period = 4 + 4 * Noise.secondUnit(parcel);
    double strength = 0.05 + 0.1 * ((parcel >>> 5 & 0xff) / 255.0);
    double phase = across / period - Math.floor(across / period);
    double row = Math.abs(2 * phase - 1) - 0.5;
    double tramline = across / 38 - Math.floor(across / 38) < 0.06 ? -0.14 : 0;
    double soil = 0.14 * noise.fractal(x / 90, y / 90, 3);
    double grain = 0.05 * noise.at(x / 2.1, y / 2.1);
    return Colour.scale(colour, 1 + 2 * strength * row + tramline + soil + grain);
  }
}
