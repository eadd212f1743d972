import { printable } from '../../src/report/printable.ts'
import { Notice } from '../parts/notice.tsx'
import { counted } from '../words/time.ts'
import { NotRead } from './found-cases.tsx'
import type { Judged } from './trial.ts'

/** So many sentences need no opening. */
const SHOWN_OPEN = 10

/** Nothing to judge: says whether it was the wrong file, or a right one in which nothing happened. */
export function NothingFound({ judged }: { judged: Judged }) {
  const { names, observations, unknown } = judged
  const [first = ''] = names
  const what =
    names.length === 1 ? printable(first) : `any of the ${names.length.toLocaleString('en')} files`
  if (observations === 0) {
    return (
      <Notice
        title={
          names.length === 1
            ? `This is no log that stella knows: ${what}`
            : 'No file is one that stella knows'
        }
        tone="bad"
      >
        <p>It reads, plain or packed with gzip:</p>
        <ul>
          <li>
            a kernel log: <code>dmesg</code>, <code>journalctl -k</code>,{' '}
            <code>/var/log/kern.log</code>
          </li>
          <li>
            what engines say: <code>docker inspect</code>, <code>docker events</code>,{' '}
            <code>kubectl get pod -o yaml</code>
          </li>
          <li>files of a memory group, of /proc, and the log of the program that died</li>
          <li>
            a folder that <code>stella cases export</code> wrote
          </li>
        </ul>
        <NotRead sentences={unknown} isOpen={unknown.length <= SHOWN_OPEN} />
      </Notice>
    )
  }
  return (
    <Notice title="Nothing to judge">
      <p>
        {counted(observations, 'observation')} in {what}, and no kill, no exit and no memory trouble
        among them. That is no proof that there was none: the log may not reach back far enough.
      </p>
      <NotRead sentences={unknown} isOpen={unknown.length <= SHOWN_OPEN} />
    </Notice>
  )
}
