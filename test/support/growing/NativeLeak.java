import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;

/**
 * Forgets to end its deflaters: `NativeLeak PER_SECOND`. Each keeps some 256 KiB of zlib's own memory, which neither the heap nor
 * its limits know. Says "ready", then leaks.
 */
public class NativeLeak {
  static final List<Deflater> KEPT = new ArrayList<>();

  public static void main(String[] args) throws Exception {
    System.out.println("ready");
    for (;;) {
      Deflater deflater = new Deflater(9);
      deflater.setInput(new byte[4096]);
      deflater.deflate(new byte[1024]);
      KEPT.add(deflater);
      Thread.sleep(1000 / Integer.parseInt(args[0]));
    }
  }
}
