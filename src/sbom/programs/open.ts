import type { RandomFile } from '../cataloger.ts'
import { openElf } from './elf.ts'
import { openMachO } from './mach-o.ts'
import { openPe } from './pe.ts'
import type { Program } from './program.ts'

/** The programs in a file: several in a fat one of macOS, none where it is no program of a known kind. */
export function openPrograms(file: RandomFile): Program[] {
  const program = openElf(file) ?? openPe(file)
  return program === null ? openMachO(file) : [program]
}
