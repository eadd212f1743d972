import { useEffect, useState } from 'preact/hooks'
import { LabHintAnswer } from '../../src/server/lab-contract.ts'
import { NotDone } from '../parts/not-done.tsx'
import { useSend } from '../server/use-send.ts'
import { announce } from '../shell/announce.ts'
import type { OpenLabDocument } from './documents.ts'
import { Markdown } from './markdown.tsx'

interface HintsProps {
  lab: string
  open: OpenLabDocument
  onActed(): void
}

/** Hints, one at a time: each for the first check that does not hold, and for how it does not. */
export function Hints({ lab, open: { hints, checks, solvedAt }, onActed }: HintsProps) {
  const sending = useSend()
  /** Why no further one came; null: one did. */
  const [left, setLeft] = useState<string | null>(null)
  const standing = checks.map(({ how }) => how).join(' ')
  // Where it stands otherwise, there may be another one.
  useEffect(() => setLeft(null), [standing])

  async function take(): Promise<void> {
    const path = `/api/labs/${encodeURIComponent(lab)}/hint`
    const hint = await sending.send(path, {}, LabHintAnswer)
    if (hint === null) return
    const isNew = hint.taken > hints.length
    setLeft(isNew ? null : 'There is no further hint for how it stands.')
    announce(isNew ? `Hint ${hint.taken}: ${hint.hint}` : 'There is no further hint')
    onActed()
  }
  return (
    <section class="chapter" aria-labelledby="hints-title">
      <h2 id="hints-title">Hints</h2>
      <p class="chapter-lead">
        Each is for the first check that does not hold. They are counted, and cost nothing.
      </p>
      {hints.length === 0 ? null : (
        <ol class="lab-hints">
          {hints.map(({ check, says }, at) => (
            <li key={at}>
              <span class="tag">{check}</span>
              <Markdown text={says} />
            </li>
          ))}
        </ol>
      )}
      {left === null ? null : <p class="faint">{left}</p>}
      {solvedAt === null ? (
        <p class="share-buttons">
          <button
            type="button"
            class="button"
            disabled={sending.isSending || left !== null}
            onClick={() => void take()}
          >
            {hints.length === 0 ? 'Give me a hint' : 'One more hint'}
          </button>
        </p>
      ) : null}
      <NotDone problem={sending.problem} />
    </section>
  )
}
