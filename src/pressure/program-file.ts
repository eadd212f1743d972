import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Programs of their own, seen from the bundle and from the sources. */
const PROGRAMS = {
  allocator: ['./pressure-allocator.js', './programs/allocator.ts'],
  keeper: ['./pressure-keeper.js', './programs/keeper.ts'],
}

export function programFile(name: keyof typeof PROGRAMS): string {
  const files = PROGRAMS[name].map((path) => fileURLToPath(new URL(path, import.meta.url)))
  return files.find((each) => existsSync(each)) ?? ''
}
