/** Builds the page into dist/web. Plain JavaScript without imports: it is read with whatever Node runs the build. */
export default {
  root: import.meta.dirname,
  oxc: { jsx: { importSource: 'preact' } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // The content policy lets nothing in from elsewhere, also not what stands inside of an address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_000,
  },
  worker: { format: 'es' },
}
