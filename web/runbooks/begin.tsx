import { useEffect, useState } from 'preact/hooks'
import { printable } from '../../src/report/printable.ts'
import { PlanAnswer, RunTaken } from '../../src/server/runbook-contract.ts'
import { send } from '../server/client.ts'
import type { Answer } from '../server/client.ts'
import { arrivals } from '../server/events.ts'
import { go, place } from '../shell/router.ts'
import { useStore } from '../shell/store.ts'
import type { PlanDocument, RunbookDocument } from './documents.ts'
import { NotDone } from '../parts/not-done.tsx'
import { paramOf } from './param-of.ts'
import { ParamField } from './param-field.tsx'
import { useName, YourName } from './person.tsx'
import { PlanSteps, planInWords } from './plan.tsx'
import { useSend } from '../server/use-send.ts'

const TYPING_MS = 250

/** What a run is given, and what it would do: shown before anything is done. */
export function Begin({ runbook }: { runbook: RunbookDocument }) {
  const { query } = useStore(place)
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>(() =>
    givenIn(runbook, query),
  )
  const { plan, problem } = usePlan(runbook.id, typed)
  const [isDeep, setDeep] = useState(false)
  const [onlyChecks, setOnlyChecks] = useState(false)
  const sending = useSend()
  const by = useName()
  const refused = problem ?? (sending.problem?.kind === 'refused' ? sending.problem : null)
  const blamed = refused === null ? null : paramOf(refused, Object.keys(typed))

  async function begin(event: Event): Promise<void> {
    event.preventDefault()
    const body = { runbook: runbook.id, params: filledOf(typed), deep: isDeep, onlyChecks, by }
    const begun = await sending.send('/api/runs', body, RunTaken)
    if (begun !== null) go(`/runbooks/runs/${encodeURIComponent(begun.run)}`)
  }
  return (
    <>
      <section class="chapter" aria-labelledby="begin-title">
        <h2 id="begin-title">Begin a run</h2>
        <p class="chapter-lead">
          It looks, and stops before the first change: nothing is changed until somebody approves
          it.
        </p>
        <form class="begin" onSubmit={(event) => void begin(event)}>
          {runbook.params.map((param) => (
            <ParamField
              key={param.name}
              param={param}
              value={typed[param.name] ?? ''}
              problem={blamed === param.name ? refused : null}
              onTyped={(value) => {
                sending.forget()
                setTyped((before) => ({ ...before, [param.name]: value }))
              }}
            />
          ))}
          {runbook.steps.some(({ phase }) => phase === 'deep-diagnosis') ? (
            <Choice says="The deep diagnosis, too: it may take long" onChosen={setDeep} />
          ) : null}
          {runbook.steps.some(({ kind }) => kind === 'change') ? (
            <Choice says="Look only: ask for no change at all" onChosen={setOnlyChecks} />
          ) : null}
          <YourName />
          <div class="share-buttons">
            <button
              type="submit"
              class="button primary"
              disabled={sending.isSending || by === '' || plan === null || refused !== null}
            >
              Look
            </button>
          </div>
          {blamed === null ? <NotDone problem={refused ?? sending.problem} /> : null}
        </form>
      </section>
      <section class="chapter" aria-labelledby="plan-title" aria-busy={plan === null}>
        <h2 id="plan-title">The plan</h2>
        {plan === null ? (
          <p class="waiting">Asking for the plan …</p>
        ) : (
          <>
            <p class="chapter-lead">{planInWords(plan)}</p>
            <PlanSteps plan={plan} />
            <p class="faint plan-hash">
              Plan <code>{printable(plan.hash)}</code>
            </p>
          </>
        )}
      </section>
    </>
  )
}

function Choice({ says, onChosen }: { says: string; onChosen(isChosen: boolean): void }) {
  return (
    <label class="choice">
      <input type="checkbox" onChange={(event) => onChosen(event.currentTarget.checked)} />
      {says}
    </label>
  )
}

/** What is usual, and what the address says: of a case that somebody came from. */
function givenIn(
  { params }: RunbookDocument,
  query: URLSearchParams,
): Readonly<Record<string, string>> {
  return Object.fromEntries(params.map(({ name, usual }) => [name, query.get(name) ?? usual ?? '']))
}

function filledOf(typed: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(typed).flatMap(([name, value]) =>
      value.trim() === '' ? [] : [[name, value.trim()]],
    ),
  )
}

/** The plan for what is typed; while something of it is refused, the last one that was not. */
function usePlan(
  id: string,
  typed: Readonly<Record<string, string>>,
): { plan: PlanDocument | null; problem: Extract<Answer<never>, { kind: 'refused' }> | null } {
  const [answer, setAnswer] = useState<Answer<PlanDocument> | null>(null)
  const [plan, setPlan] = useState<PlanDocument | null>(null)
  const arrival = useStore(arrivals)
  useEffect(() => {
    let isOld = false
    const timer = setTimeout(
      () => {
        const path = `/api/runbooks/${encodeURIComponent(id)}/plan`
        void send(path, { params: filledOf(typed) }, PlanAnswer).then((told) => {
          if (isOld) return
          setAnswer(told)
          if (told.kind === 'ready') setPlan(told.value)
        })
      },
      plan === null ? 0 : TYPING_MS,
    )
    return () => {
      isOld = true
      clearTimeout(timer)
    }
  }, [id, typed, arrival])
  return { plan, problem: answer?.kind === 'refused' ? answer : null }
}
