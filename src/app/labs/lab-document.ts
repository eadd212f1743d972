/** A lab as the server tells it. */
import { StellaError } from '../../model/errors.ts'
import type { Bench } from '../../labs/bench.ts'
import { judgeNow, openLab } from '../../labs/check.ts'
import { checkResultDocument } from '../../labs/documents.ts'
import { givenHints } from '../../labs/hint.ts'
import { wordsOf } from '../../labs/site.ts'
import type { LabState } from '../../labs/state.ts'
import { textFor } from '../../labs/text.ts'
import type { LabDocument } from '../../server/lab-contract.ts'

/** It is looked at for this. @param now what this server does with it */
export async function labDocument(
  bench: Bench,
  id: string,
  now: Pick<LabDocument, 'doing' | 'trouble'>,
): Promise<LabDocument> {
  const { title, teaches, minutes, difficulty, backends, ...lab } = bench.shelf.open(id)
  const kept = bench.store.read(id)
  const open = isOpen(kept) ? await openDocument(bench, id) : null
  return {
    schema: 'stella.lab-room/1',
    ...{ id, title, teaches, minutes, difficulty, backends },
    budgetBytes: lab.budgetBytes,
    stableSeconds: lab.stableSeconds,
    ttlMinutes: lab.ttlMinutes,
    state: open === null ? standing(kept) : 'open',
    ...now,
    open,
    record: bench.store.record(id),
  }
}

type Kept = ReturnType<Bench['store']['read']>

function isOpen(kept: Kept): kept is LabState {
  return kept !== null && kept !== 'broken' && kept.phase === 'open'
}

function standing(kept: Kept): Exclude<LabDocument['state'], 'open'> {
  if (kept === 'broken') return 'broken'
  return kept?.phase === 'starting' ? 'starting' : 'closed'
}

/** Null: it was ended meanwhile. */
async function openDocument(bench: Bench, id: string): Promise<LabDocument['open']> {
  try {
    const open = openLab(bench, id)
    const { lab, state, backend, site } = open
    const names = wordsOf(backend, site)
    const checks = await judgeNow(bench, open)
    return {
      backend: backend.id,
      folder: site.folder,
      startedAt: timeOf(state.startedAt),
      endsAt: timeOf(state.endsAt),
      solvedAt: state.solvedAt === null ? null : timeOf(state.solvedAt),
      challenge: textFor(bench.shelf.page(lab, 'challenge'), backend.id, names),
      names,
      questions: lab.questions.map((question) => ({
        ...question,
        answer: state.answers[question.id] ?? null,
      })),
      attempts: state.attempts,
      hints: givenHints(bench, open),
      checks: checks.map(checkResultDocument),
    }
  } catch (error) {
    if (error instanceof StellaError && error.refusal === 'missing') return null
    throw error
  }
}

function timeOf(at: number): string {
  return new Date(at).toISOString()
}
