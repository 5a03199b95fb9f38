package io.stoker.example;

import java.awt.image.BufferedImage;
import java.util.Random;

/**
 * A landscape seen from above, and what each of its pixels shows.
 *
 * <p>Layout, palette, scale, sun and haze are drawn from the seed; the same seed and size give the
 * same pixels on every machine. Immutable, except that the image is the caller's to keep whole.
 */
public final class Scene {
  private static final int NOISE_LEVELS = 3;
  private static final int SAND = 0xcdbd93;

  private final int width;
  private final int height;
  private final BufferedImage image;
  private final byte[] cover;

  private Scene(int width, int height, BufferedImage image, byte[] cover) {
    this.width = width;
    this.height = height;
    this.image = image;
    this.cover = cover;
  }

  /** Draws a scene; a quarter of a second for a million pixels. */
  public static Scene draw(long seed, int width, int height) {
    return new Painter(seed, width, height).paint();
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /** The pixels, type {@link BufferedImage#TYPE_INT_RGB}. */
  public BufferedImage image() {
    return image;
  }

  /** What one pixel shows. */
  public LandCover coverAt(int x, int y) {
    return LandCover.all().get(cover[y * width + x]);
  }

  /** Pixels of each class in a box that lies inside the scene, by ordinal. */
  public int[] pixelsByCover(int x, int y, int boxWidth, int boxHeight) {
    int[] pixels = new int[LandCover.all().size()];
    for (int row = y; row < y + boxHeight; row++) {
      for (int at = row * width + x; at < row * width + x + boxWidth; at++) {
        pixels[cover[at]]++;
      }
    }
    return pixels;
  }

  /** The class of most pixels in a box that lies inside the scene; the first of equals. */
  public LandCover majority(int x, int y, int boxWidth, int boxHeight) {
    int[] pixels = pixelsByCover(x, y, boxWidth, boxHeight);
    int best = 0;
    for (int i = 1; i < pixels.length; i++) {
      if (pixels[i] > pixels[best]) {
        best = i;
      }
    }
    return LandCover.all().get(best);
  }

  /** Everything that one scene is drawn from. */
  private static final class Painter {
    private final int width;
    private final int height;
    private final double metresPerPixel;
    private final Light light;
    private final Layout layout;
    private final Texture water;
    private final Texture forest;
    private final Texture field;
    private final Texture town;
    private final Texture clouds;
    private final Noise slow;
    private final Noise sensor;
    private final int shadowX;
    private final int shadowY;

    Painter(long seed, int width, int height) {
      var random = new Random(scramble(seed));
      this.width = width;
      this.height = height;
      metresPerPixel = 0.8 + 0.45 * random.nextDouble();
      light = Light.random(random);
      layout = new Layout(random, width, height, metresPerPixel);
      water = new Water(random);
      forest = new Forest(random, light);
      field = new Field(random);
      town = new Town(random, light);
      clouds = new Clouds(random, light);
      slow = new Noise(random.nextInt());
      sensor = new Noise(random.nextInt());
      double shadowPixels = 45 / metresPerPixel;
      shadowX = (int) (shadowPixels * light.sunX());
      shadowY = (int) (shadowPixels * light.sunY());
    }

    /**
     * SplitMix64's finaliser: Random's first numbers are much alike for seeds that are neighbours.
     */
    private static long scramble(long seed) {
      long z = seed + 0x9e3779b97f4a7c15L;
      z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
      z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
      return z ^ (z >>> 31);
    }

    Scene paint() {
      var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
      byte[] cover = new byte[width * height];
      int[] row = new int[width];
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double cloud = layout.cloud(x, y);
          double aboveShore = layout.aboveShore(x, y);
          LandCover ground = layout.ground(x, y, aboveShore);
          cover[y * width + x] = (byte) (cloud > 0.5 ? LandCover.CLOUD : ground).ordinal();
          row[x] = pixel(x, y, cloud, ground, aboveShore);
        }
        image.setRGB(0, y, width, 1, row, 0, width);
      }
      return new Scene(width, height, image, cover);
    }

    private int pixel(int x, int y, double cloud, LandCover ground, double aboveShore) {
      double metresX = x * metresPerPixel;
      double metresY = y * metresPerPixel;
      int colour = 0;
      if (cloud < 1) {
        double shadow = cloudTowardsSun(x, y);
        int lit = ground(ground, aboveShore, metresX, metresY);
        colour = Colour.scale(lit, 1 - 0.45 * shadow);
      }
      if (cloud > 0) {
        colour = Colour.mix(colour, clouds.at(metresX, metresY), cloud);
      }
      double local = 1 + 0.08 * slow.at(metresX / 900, metresY / 900);
      double grain = NOISE_LEVELS * (sensor.unit(x, y) - 0.5);
      return Colour.add(light.on(colour, local), grain);
    }

    private double cloudTowardsSun(int x, int y) {
      return layout.cloud(
          Math.min(Math.max(x + shadowX, 0), width - 1),
          Math.min(Math.max(y + shadowY, 0), height - 1));
    }

    private int ground(LandCover cover, double aboveShore, double x, double y) {
      return switch (cover) {
        case WATER -> water.at(x, y);
        case FOREST -> beach(aboveShore, forest.at(x, y));
        case FIELD -> beach(aboveShore, field.at(x, y));
        case TOWN -> beach(aboveShore, town.at(x, y));
        case CLOUD -> throw new IllegalStateException("clouds are no ground");
      };
    }

    private static int beach(double aboveShore, int land) {
      return Colour.mix(SAND, land, aboveShore / 0.012);
    }
  }
}
