import type { ProgramRule } from '../program.ts'

/** What a JVM tells of itself. Not the histogram of its classes: it makes a whole collection first, and the JVM stands still. */
const LOOKS = new Set([
  ...['VM.version', 'VM.flags', 'VM.command_line', 'VM.uptime', 'VM.info', 'VM.metaspace'],
  ...['VM.classloaders', 'VM.classloader_stats', 'GC.heap_info', 'Compiler.codecache'],
  ...['Thread.print', 'help'],
])
const MEMORY = 'VM.native_memory'
/** Each writes a file, takes something back, or sets what others compare with. */
const CHANGES = /^(?:GC\.(?:run|heap_dump)|System\.|VM\.(?:set_flag|log)|JFR\.|ManagementAgent\.)/

export const JCMD: ProgramRule = {
  names: ['jcmd'],
  effect([pid = '', command = '', ...words]) {
    if (pid === '' || pid === '-l') return 'looks'
    if (command === MEMORY) return words.includes('baseline') ? 'changes' : 'looks'
    if (CHANGES.test(command)) return 'changes'
    return LOOKS.has(command) ? 'looks' : 'unknown'
  },
}
