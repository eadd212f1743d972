import type { Wording } from '../wording.ts'

const INVOKED = /^([^]*?) ?\binvoked oom-killer(?=:|\s*$)/
const GFP = /gfp_mask=(0x[0-9a-f]+(?:\([^()]*\)|(?=,)))/
const ORDER = /\border=(-?\d{1,5})(?=,)/
/** "oom_scoe_adj" is what 2.6.32-based EL6 kernels were copied as; oom_adj and oomkilladj have another scale. */
const SCORE_ADJ = /\boom_scor?e_adj=(-?\d{1,5})(?!\d)/
/** TASK_COMM_LEN is 16 with its end. */
const LONGEST_NAME = 15

/** "tail invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0": dump_header(), all versions. */
export const invoked: Wording = {
  id: 'invoked',
  needle: 'invoked oom-killer',
  read(text) {
    const match = INVOKED.exec(text)
    if (match === null) return null
    const rest = text.slice(match[0].length)
    return {
      said: 'invoked',
      name: triggerName(match[1] ?? ''),
      gfpMask: GFP.exec(rest)?.[1] ?? null,
      order: numberOf(ORDER.exec(rest)?.[1]),
      oomScoreAdj: numberOf(SCORE_ADJ.exec(rest)?.[1]),
    }
  },
}

/** Kernel workers may be longer; other words before a name come from a console that two writers share. */
function triggerName(before: string): string | null {
  if (before === '') return null
  if (utf8Length(before) <= LONGEST_NAME || before.startsWith('kworker/')) return before
  const afterStamp = before.replace(/^[^]*\[ *\d+\.\d{6}\](?:\[ *[TC]\d+\])? +/, '')
  const name = afterStamp.replace(/^[^]*: +/, '')
  return name !== '' && utf8Length(name) <= LONGEST_NAME ? name : null
}

function utf8Length(text: string): number {
  let length = 0
  for (const char of text.slice(0, 400)) {
    const code = char.codePointAt(0) ?? 0
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4
  }
  return length
}

function numberOf(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits)
}
