import { defineConfig } from "@playwright/test";

/// Reporters are chosen on the command line: `cargo xtask test` reads the JSON one.
export default defineConfig({
  testDir: "specs",
  outputDir: "test-results",
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  // A test that passes at the second try has found a race. It is repeated alone, after all others, to tell it from a
  // test that fails anyway; `cargo xtask test` prints it as flaky, and fails if there are more than two.
  retries: 1,
  retryStrategy: "isolated",
  // Counts tests that failed twice. With five, something is wrong that the other repetitions would not tell more about.
  maxFailures: 5,
  // Each test has a server, a mail sink and up to three browser contexts of its own.
  workers: 2,
  // Ends a test that hangs. Most take some seconds and the longest a minute, but several times that when other programs
  // take the processors.
  timeout: 120_000,
  // For the same reason, although idle machines need a second. Shorter than the times after which a lost frame is found
  // out without being told, such as the 24 seconds of `Timing::silence`, so that nothing is taken for told that was not.
  expect: { timeout: 20_000 },
  reporter: "list",
  use: {
    browserName: "chromium",
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    // Not UTC and not a whole hour from it: a page that draws local time before hydration is found out.
    timezoneId: "America/St_Johns",
    colorScheme: "light",
    // A trace takes more time than the test; `--trace=retain-on-failure` on the command line keeps one.
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
