package io.stoker.example;

import java.util.Random;

/** A town: a street grid, lots in every block, roofs with a lit and a dark side, their shadows. */
final class Town implements Texture {
  private static final double LOT_METRES = 27;
  private static final double STREET_METRES = 11;
  private static final double PAVEMENT_METRES = 2.5;
  private static final int LOTS_ALONG = 4;
  private static final int LOTS_ACROSS = 2;
  private static final int ASPHALT = 0x6b6c70;
  private static final int PAVEMENT = 0xa8a39b;
  private static final int[] ROOFS = {
    0xa8523c, 0xb4634a, 0x8f4a3a, 0x77706b, 0x5d5f66, 0x9a7b66, 0xc0b8ab, 0xb9744f
  };
  private static final int[] YARDS = {0x7f8a63, 0x8f8d7c, 0x6f7f57, 0x9a9384};

  private final Noise noise;
  private final Noise lots;
  private final Light light;
  private final Turn turn;

  Town(Random random, Light light) {
    this.light = light;
    noise = new Noise(random.nextInt());
    lots = new Noise(random.nextInt());
    turn = Turn.by(random.nextDouble() * Math.PI);
  }

  @Override
  public int at(double x, double y) {
    double bend = 9 * noise.at(x / 340, y / 340);
    double u = turn.u(x, y) + bend;
    double v = turn.v(x, y) + bend;
    int ground = ground(u, v, x, y);
    House house = house(u, v);
    if (house.roof(u, v)) {
      return Colour.scale(
          house.colour(u, v, sunU(), sunV()), 1 + 0.07 * noise.at(x / 1.7, y / 1.7));
    }
    // The point lies in shadow if a roof stands between it and the sun.
    double shadowU = u + 5 * sunU();
    double shadowV = v + 5 * sunV();
    return house(shadowU, shadowV).roof(shadowU, shadowV) ? Colour.scale(ground, 0.5) : ground;
  }

  private double sunU() {
    return turn.u(light.sunX(), light.sunY());
  }

  private double sunV() {
    return turn.v(light.sunX(), light.sunY());
  }

  private int ground(double u, double v, double x, double y) {
    double street = Math.max(fromBlock(u, LOTS_ALONG), fromBlock(v, LOTS_ACROSS));
    double grain = noise.at(x / 3.1, y / 3.1);
    if (street > PAVEMENT_METRES) {
      return Colour.scale(ASPHALT, 1 + 0.05 * grain);
    }
    if (street > 0) {
      return Colour.scale(PAVEMENT, 1 + 0.04 * grain);
    }
    int lot = lots.hash(lot(u, LOTS_ALONG), lot(v, LOTS_ACROSS));
    int yard = Colour.scale(YARDS[lot & 3], 1 + 0.15 * grain);
    // A few garden trees.
    return Colour.mix(yard, 0x38562c, Colour.step(0.42, 0.55, noise.at(x / 9, y / 9 + 500)));
  }

  /** Metres from the nearer kerb if in the street, -1 in the block. */
  private static double fromBlock(double at, int lotsInBlock) {
    double pitch = lotsInBlock * LOT_METRES + STREET_METRES;
    double inPitch = at - Math.floor(at / pitch) * pitch;
    double behind = inPitch - lotsInBlock * LOT_METRES;
    return behind > 0 ? Math.min(behind, pitch - inPitch) : -1;
  }

  /** The number of the lot along one axis, counted through all blocks. */
  private static int lot(double at, int lotsInBlock) {
    double pitch = lotsInBlock * LOT_METRES + STREET_METRES;
    int block = (int) Math.floor(at / pitch);
    int inBlock = Math.min(lotsInBlock - 1, (int) ((at - block * pitch) / LOT_METRES));
    return block * lotsInBlock + inBlock;
  }

  private static double lotCentre(int lot, int lotsInBlock) {
    int block = Math.floorDiv(lot, lotsInBlock);
    double pitch = lotsInBlock * LOT_METRES + STREET_METRES;
    return block * pitch + (lot - block * lotsInBlock + 0.5) * LOT_METRES;
  }

  private House house(double u, double v) {
    int column = lot(u, LOTS_ALONG);
    int row = lot(v, LOTS_ACROSS);
    int hash = lots.hash(column, row);
    double halfU = 6 + 5.5 * Noise.unit(hash);
    double halfV = 6 + 5.5 * Noise.secondUnit(hash);
    if ((hash >>> 4 & 15) == 0) {
      halfU = 0; // a free lot
    }
    return new House(
        lotCentre(column, LOTS_ALONG), lotCentre(row, LOTS_ACROSS), halfU, halfV, hash);
  }

  /** One building: a rectangle with a ridge along its longer side, or a flat roof. */
  private record House(double centreU, double centreV, double halfU, double halfV, int hash) {
    boolean roof(double u, double v) {
      return Math.abs(u - centreU) < halfU && Math.abs(v - centreV) < halfV;
    }

    int colour(double u, double v, double sunU, double sunV) {
      int colour = ROOFS[hash >>> 8 & 7];
      if ((hash >>> 11 & 3) == 0) {
        return colour;
      }
      double facing = halfU > halfV ? (v > centreV ? sunV : -sunV) : (u > centreU ? sunU : -sunU);
      return Colour.scale(colour, 0.98 + 0.3 * facing);
    }
  }
}
