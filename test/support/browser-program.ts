/** Debian's browser. It stands alone, so that whoever asks whether it is there need not load the library that drives it. */
export const CHROMIUM = '/usr/bin/chromium'
