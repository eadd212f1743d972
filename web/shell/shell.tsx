import { useEffect } from 'preact/hooks'
import { Cases } from '../cases/cases.tsx'
import { Notice } from '../parts/notice.tsx'
import { lazy } from '../parts/lazy.tsx'
import { connection } from '../server/events.ts'
import { announcement } from './announce.ts'
import { ConnectionSign } from './connection-sign.tsx'
import { watchDrops } from './drops.ts'
import { place, watchLinks } from './router.ts'
import { useStore } from './store.ts'
import { ThemeSwitch } from './theme-switch.tsx'
import { startTheme } from './theme.ts'
import { TokenForm } from './token-form.tsx'
import { Heading } from './heading.tsx'

const KeptStory = lazy(async () => (await import('../story/kept-story.tsx')).KeptStory)
const Live = lazy(async () => (await import('../live/live.tsx')).Live)
const Scanner = lazy(async () => (await import('../scanner/scanner.tsx')).Scanner)
const Job = lazy(async () => (await import('../scanner/job.tsx')).Job)
const Runbooks = lazy(async () => (await import('../runbooks/runbooks.tsx')).Runbooks)
const Runbook = lazy(async () => (await import('../runbooks/runbook.tsx')).Runbook)
const Run = lazy(async () => (await import('../runbooks/run.tsx')).Run)
const Labs = lazy(async () => (await import('../labs/labs.tsx')).Labs)
const Try = lazy(async () => (await import('../try/try.tsx')).Try)

const VIEWS = [
  { href: '/cases', name: 'Cases' },
  { href: '/live', name: 'Live' },
  { href: '/scanner', name: 'Scanner' },
  { href: '/runbooks', name: 'Runbooks' },
  { href: '/labs', name: 'Labs' },
  { href: '/try', name: 'Try a log' },
] as const

/** The frame around every view: where one is, whether the server is there, and one view. */
export function Shell() {
  const { path } = useStore(place)
  const said = useStore(announcement)
  useEffect(startTheme, [])
  useEffect(watchLinks, [])
  useEffect(watchDrops, [])
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/cases">
          <img src="/star.svg" alt="" width="22" height="22" />
          stella
        </a>
        <nav aria-label="Views">
          <ul>
            {VIEWS.map(({ href, name }) => (
              <li key={href}>
                <a href={href} aria-current={isAt(path, href) ? 'page' : undefined}>
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="top-end">
          <ConnectionSign />
          <ThemeSwitch />
        </div>
      </header>
      <main id="main">
        <View path={path} />
      </main>
      <p class="hidden" role="status">
        {said}
      </p>
    </>
  )
}

function View({ path }: { path: string }) {
  const state = useStore(connection)
  // What is read in the browser needs no server, and no token.
  if (path === '/try') return <Try />
  if (state === 'token') return <TokenForm />
  if (path === '/' || path === '/cases') return <Cases />
  if (path === '/live') return <Live />
  const id = /^\/cases\/([\w-]+)$/.exec(path)?.[1]
  if (id !== undefined) return <KeptStory key={id} id={id} />
  if (path === '/scanner') return <Scanner />
  const job = /^\/scanner\/jobs\/([\da-f-]+)$/.exec(path)?.[1]
  if (job !== undefined) return <Job key={job} id={job} />
  if (path === '/runbooks') return <Runbooks />
  const run = /^\/runbooks\/runs\/([\w-]+)$/.exec(path)?.[1]
  if (run !== undefined) return <Run key={run} id={run} />
  const runbook = /^\/runbooks\/([a-z\d-]+)$/.exec(path)?.[1]
  if (runbook !== undefined) return <Runbook key={runbook} id={runbook} />
  const labs = /^\/labs(?:\/([a-z\d-]+))?$/.exec(path)
  if (labs !== null) return <Labs key={path} id={labs[1]} />
  return (
    <>
      <Heading>There is no such page</Heading>
      <Notice title="The address leads nowhere">
        <p>
          <a href="/cases">See all cases</a>
        </p>
      </Notice>
    </>
  )
}

function isAt(path: string, href: string): boolean {
  return path === href || path.startsWith(`${href}/`) || (path === '/' && href === '/cases')
}
