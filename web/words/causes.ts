import type { CauseCode } from '../../src/model/case.ts'

/** Why it grew, as a heading. */
export const CAUSE_WORDS: Record<CauseCode, string> = {
  'limit-too-low': 'The limit is too low for what it does',
  leak: 'It leaks',
  burst: 'A burst',
  'off-heap': 'Memory outside of the heap',
  'heap-over-limit': 'The heap may grow beyond the limit',
  'page-cache': 'Page cache',
  'dirty-pages': 'Dirty pages: writes that wait for the disk',
  tmpfs: 'Files in memory (tmpfs)',
  'kernel-memory': 'Memory of the kernel',
  'fork-copy-on-write': 'A fork that copies what it writes',
  'too-many-processes': 'Too many processes',
  'sibling-usage': 'A neighbour under the same limit',
  'host-overcommit': 'The machine promises more than it has',
  'executor-overhead': 'The executor takes a part',
  'swap-off': 'There is no swap',
  'huge-pages': 'Huge pages',
  'misconfigured-limit': 'The limit is not what was meant',
  unknown: 'Not known',
}
