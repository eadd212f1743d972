import {
  PoolsAnswer,
  RestartsAnswer,
  StatusAnswer,
  WorkersAnswer,
} from '../../src/server/scanner-contract.ts'
import { Notice } from '../parts/notice.tsx'
import { Unanswered } from '../parts/unanswered.tsx'
import { connection } from '../server/events.ts'
import { useAsk } from '../server/use-ask.ts'
import { useBeat } from '../server/use-beat.ts'
import { Heading } from '../shell/heading.tsx'
import { useStore } from '../shell/store.ts'
import { useTitle } from '../shell/title.ts'
import { Jobs } from './jobs.tsx'
import { Pools } from './pools.tsx'
import { LIVE_MS, SLOW_MS } from './rhythm.ts'
import { StateNotes, stateInWords } from './state.tsx'
import '../style/scanner.css'

/** The scanner of this server: how it is, its workers, and its jobs. */
export function Scanner() {
  const beat = useBeat(LIVE_MS)
  const slow = useBeat(SLOW_MS)
  const status = useAsk('/api/scanner/status', StatusAnswer.content, beat).answer
  const workers = useAsk('/api/scanner/workers', WorkersAnswer.content, beat).answer
  const pools = useAsk('/api/scanner/pools', PoolsAnswer.content, slow).answer
  const restarts = useAsk('/api/scanner/restarts', RestartsAnswer.content, slow).answer
  const isAway = useStore(connection) === 'away'
  useTitle('Scanner')
  const known = status?.kind === 'ready' ? status.value : null
  return (
    <>
      <div class="view-head">
        <Heading>Scanner</Heading>
        <p class="lead">{known === null ? 'What is in images.' : stateInWords(known)}</p>
      </div>
      {status?.kind === 'missing' ? (
        <Notice title="This server has no scanner">
          <p>Cases and what lives are shown all the same.</p>
        </Notice>
      ) : known === null ? (
        <Unanswered answer={status} what="the scanner" />
      ) : (
        <div class="scanner">
          <StateNotes status={known} />
          <section class="chapter" aria-labelledby="workers-title" aria-busy={isAway}>
            <h2 id="workers-title">Workers</h2>
            {isAway ? (
              <p class="chapter-lead">These are the figures from before the server went away.</p>
            ) : null}
            {pools?.kind === 'ready' && workers?.kind === 'ready' ? (
              <Pools
                pools={pools.value.pools}
                workers={workers.value.workers}
                queues={known.queues}
                restarts={restarts?.kind === 'ready' ? restarts.value.restarts : []}
              />
            ) : (
              <Unanswered answer={workers} what="the workers" />
            )}
          </section>
          <Jobs beat={beat} slow={slow} />
        </div>
      )}
    </>
  )
}
