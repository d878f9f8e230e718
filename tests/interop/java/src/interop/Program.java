// SPDX-License-Identifier: MIT
package interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A running `orrery`. ORRERY_BIN names the program; with ADDRESS=host:port the tests run against a server that is already
 * there, which is how they are themselves checked against the real one. What needs our own program is then left out.
 */
final class Program implements AutoCloseable {
  private static final String ADDRESS = System.getenv("ADDRESS");
  private static Program shared;

  final String address;
  private final Process process;

  Program(String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of(System.getenv("ORRERY_BIN")));
    words.addAll(List.of(arguments));
    process = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String line = new BufferedReader(new InputStreamReader(process.getInputStream())).readLine();
    if (line == null) throw new IOException(words + " printed no address");
    address = line.substring(line.lastIndexOf(' ') + 1);
  }

  /** Ends it with SIGTERM, and throws when that is not a clean end. */
  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) process.destroyForcibly();
    if (process.waitFor() != 0) throw new IllegalStateException("the server ended with " + process.exitValue());
  }

  /** Whether the tests may start servers of their own. */
  static boolean isHere() {
    return System.getenv("ORRERY_BIN") != null;
  }

  /** The server of all tests that need no other. */
  static synchronized String sharedAddress() throws IOException {
    if (ADDRESS != null) return ADDRESS;
    if (shared == null) {
      shared = new Program("serve", "--port", "0");
      Runtime.getRuntime().addShutdownHook(new Thread(shared.process::destroy));
    }
    return shared.address;
  }
}
