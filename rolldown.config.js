/** @type {import('rolldown').RolldownOptions} */
export default {
  input: { cli: 'src/cli/main.ts' },
  platform: 'node',
  transform: { target: 'es2022' },
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    cleanDir: true,
    minify: { compress: true, mangle: false, codegen: false },
  },
}
