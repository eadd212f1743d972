import type { Wording } from '../wording.ts'

const SEGFAULT = /^([^]{1,15})\[(\d{1,10})\]: (segfault at [^]*)$/
const TRAP = /^(?:traps: )?([^]{1,15})\[(\d{1,10})\]:? ((?:general protection|trap \w)[^]*)$/

/** "java[4711]: segfault at 0 ip …": show_signal_msg(), x86 and others. */
export const segfault: Wording = {
  id: 'segfault',
  needle: 'segfault at ',
  read(text) {
    return faultOf(SEGFAULT.exec(text))
  },
}

/** "traps: node[4711] trap invalid opcode ip:…", "… general protection fault ip:…": x86. */
export const trap: Wording = {
  id: 'trap',
  needle: '] ',
  read(text) {
    return faultOf(TRAP.exec(text))
  },
}

function faultOf(match: RegExpExecArray | null): ReturnType<Wording['read']> {
  if (match === null) return null
  return {
    said: 'fault',
    pid: Number(match[2]),
    name: match[1] ?? '',
    message: (match[3] ?? '').trim(),
  }
}
