import type { CaseLives } from '../../src/model/case.ts'
import { printable } from '../../src/report/printable.ts'
import {
  binInWords,
  lasting,
  lifetimesOf,
  livesInWords,
  livingOverTime,
} from '../../src/report/lives.ts'
import type { Lifetimes } from '../../src/report/lives.ts'
import { lazy } from '../parts/lazy.tsx'
import { Time } from '../parts/time.tsx'
import { Section } from './section.tsx'

const LivesChart = lazy(async () => (await import('../chart/lives-chart.tsx')).LivesChart)

/** Start and end of one life are no picture. */
const LEAST_STEPS = 3

/** That it dies again and again: when it lived, how long each time, and each of its lives. */
export function LivesSection({ lives }: { lives: CaseLives | null }) {
  if (lives === null) return null
  const { cpus } = lives
  const lifetimes = lifetimesOf(lives)
  const title = cpus === null ? 'When it lived' : 'CPU allocation'
  return (
    <Section id="lives" title="Its lives" lead={livesInWords(lives)}>
      {livingOverTime(lives).length < LEAST_STEPS ? null : (
        <>
          <h3>{title}</h3>
          <LivesChart lives={lives} title={`${title}: ${livesInWords(lives)}`} />
        </>
      )}
      {lifetimes === null ? null : <Histogram lifetimes={lifetimes} />}
      <LivesTable lives={lives} />
    </Section>
  )
}

function Histogram({ lifetimes: { bins } }: { lifetimes: Lifetimes }) {
  const most = Math.max(...bins.map(({ count }) => count))
  return (
    <>
      <h3 id="lifetimes-title">How long they were</h3>
      <table class="histogram" aria-labelledby="lifetimes-title">
        <thead class="hidden">
          <tr>
            <th scope="col">Length</th>
            <th scope="col">Share of the most</th>
            <th scope="col">Lives</th>
          </tr>
        </thead>
        <tbody>
          {bins.map((bin) => (
            <tr key={bin.fromMs}>
              <th scope="row">{binInWords(bin)}</th>
              <td aria-hidden="true">
                {bin.count === 0 ? null : (
                  <span class="bar bar-large">
                    <span class="bar-fill" style={{ width: `${(bin.count / most) * 100}%` }} />
                  </span>
                )}
              </td>
              <td class="number">{bin.count}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

function LivesTable({ lives: { list } }: { lives: CaseLives }) {
  return (
    <details class="evidence">
      <summary>Each of them</summary>
      <div class="scroll scroll-high" tabIndex={0} role="region" aria-label="Its lives, as a table">
        <table class="figures">
          <caption class="hidden">Its lives, the newest first</caption>
          <thead>
            <tr>
              <th scope="col">Start</th>
              <th scope="col">End</th>
              <th scope="col" class="number">
                Length
              </th>
              <th scope="col">How it ended</th>
            </tr>
          </thead>
          <tbody>
            {list.toReversed().map(({ startedAt, endedAt, how }, at) => (
              <tr key={at}>
                <th scope="row">{startedAt === null ? 'not known' : <Time at={startedAt} />}</th>
                <td>{endedAt === null ? 'lives' : <Time at={endedAt} />}</td>
                <td class="number">
                  {startedAt === null || endedAt === null ? '' : lasting(endedAt - startedAt)}
                </td>
                <td>{printable(how)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
