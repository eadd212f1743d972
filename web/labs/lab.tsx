import { useEffect, useRef } from 'preact/hooks'
import { printable } from '../../src/report/printable.ts'
import { Answered } from '../parts/answered.tsx'
import { Size } from '../parts/size.tsx'
import { Time } from '../parts/time.tsx'
import { announce } from '../shell/announce.ts'
import { useTitle } from '../shell/title.ts'
import { backendInWords, difficulty } from '../words/labs.ts'
import { counted, span } from '../words/time.ts'
import { Checks } from './checks.tsx'
import type { LabDocument } from './documents.ts'
import { Hints } from './hints.tsx'
import type { LabCourses } from './lab-course.ts'
import { Markdown } from './markdown.tsx'
import { Memory } from './memory.tsx'
import { Now } from './now.tsx'
import { Questions } from './questions.tsx'
import { Solution } from './solution.tsx'
import { useLab } from './use-lab.ts'

/** The room of one lab. */
export function Lab({ id }: { id: string }) {
  const { answer, courses, onActed } = useLab(id)
  return (
    <>
      <p class="back">
        <a href="/labs">All labs</a>
      </p>
      <Answered answer={answer} heading={`Lab ${id}`} what={`the lab ${id}`}>
        {(lab) => <Told lab={lab} courses={courses} onActed={onActed} />}
      </Answered>
    </>
  )
}

interface ToldProps {
  lab: LabDocument
  courses: LabCourses
  onActed(): void
}

function Told({ lab, courses, onActed }: ToldProps) {
  const { open } = lab
  useTitle(printable(lab.title))
  useTelling(lab)
  return (
    <article class="acting">
      <Now lab={lab} onActed={onActed} />
      <div class="story-body">
        <div class="story-main">
          {open === null ? null : (
            <section class="chapter" aria-labelledby="challenge-title">
              <h2 id="challenge-title">What happened</h2>
              <Markdown text={open.challenge} />
            </section>
          )}
          {open === null && lab.state !== 'starting' ? null : <Memory courses={courses} />}
          {open === null ? null : (
            <>
              <Checks checks={open.checks} />
              <Questions lab={lab.id} questions={open.questions} onActed={onActed} />
              <Hints lab={lab.id} open={open} onActed={onActed} />
              <Solution key={open.startedAt} lab={lab} onActed={onActed} />
            </>
          )}
        </div>
        <aside class="story-side" aria-label="The facts">
          <Facts lab={lab} />
        </aside>
      </div>
    </article>
  )
}

/** Tells whoever listens which checks have begun to hold, and which do not any more. */
function useTelling({ open }: LabDocument): void {
  const before = useRef(open)
  useEffect(() => {
    const known = new Map(before.current?.checks.map(({ name, ok }) => [name, ok]))
    const news = (open?.checks ?? []).filter(
      ({ name, ok }) => known.has(name) && known.get(name) !== ok,
    )
    const isSolved = open !== null && open.solvedAt !== null && before.current?.solvedAt === null
    before.current = open
    const told = news.map(({ title, ok }) => `${title}: ${ok ? 'holds' : 'does not hold'}`)
    if (told.length > 0 || isSolved) announce([...told, ...(isSolved ? ['Solved'] : [])].join('. '))
  }, [open])
}

function Facts({ lab }: { lab: LabDocument }) {
  const { id, minutes, open, budgetBytes, record, ttlMinutes } = lab
  return (
    <dl class="facts">
      <div>
        <dt>Lab</dt>
        <dd>
          <code>{printable(id)}</code>
          <span class="note">
            {difficulty(lab.difficulty)}, about {minutes} minutes
          </span>
        </dd>
      </div>
      {budgetBytes === 0 ? null : (
        <div>
          <dt>Uses of this machine at most</dt>
          <dd>
            <Size bytes={budgetBytes} />
          </dd>
        </div>
      )}
      {open === null ? (
        <div>
          <dt>Ends by itself after</dt>
          <dd>{span(ttlMinutes * 60)}</dd>
        </div>
      ) : (
        <>
          <div>
            <dt>Made in</dt>
            <dd>
              {backendInWords(open.backend)}
              <span class="note">
                since <Time at={Date.parse(open.startedAt)} />
              </span>
            </dd>
          </div>
          <div>
            <dt>Ends by itself</dt>
            <dd>
              <Time at={Date.parse(open.endsAt)} />
            </dd>
          </div>
          <div>
            <dt>Its files</dt>
            <dd>
              <code class="path">{printable(open.folder)}</code>
            </dd>
          </div>
          <div>
            <dt>So far</dt>
            <dd>
              {counted(open.attempts, 'check')}, {counted(open.hints.length, 'hint')}
            </dd>
          </div>
        </>
      )}
      {record.starts === 0 ? null : (
        <div>
          <dt>In all</dt>
          <dd>
            {counted(record.starts, 'start')}, {solvedInWords(record.solved)}
            {record.bestSeconds === null ? null : (
              <span class="note">{span(record.bestSeconds)} at best</span>
            )}
          </dd>
        </div>
      )}
    </dl>
  )
}

function solvedInWords(solved: number): string {
  if (solved === 0) return 'not solved yet'
  return solved === 1 ? 'solved once' : `solved ${solved} times`
}
