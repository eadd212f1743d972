import { formatBytes } from '../../src/model/bytes.ts'
import { stop } from './trial.ts'
import type { Trial } from './trial.ts'

export function Progress({ trial }: { trial: Extract<Trial, { kind: 'reading' | 'judging' }> }) {
  const isReading = trial.kind === 'reading'
  const percent =
    isReading && trial.totalBytes > 0
      ? Math.min(100, Math.round((trial.doneBytes / trial.totalBytes) * 100))
      : 100
  return (
    <div class="progress">
      <p id="progress-words">
        {isReading
          ? `Reading ${trial.shown}: ${formatBytes(trial.doneBytes)} of ${formatBytes(trial.totalBytes)}`
          : 'Finding out who ended it …'}
      </p>
      <progress
        max={100}
        value={isReading ? percent : undefined}
        aria-labelledby="progress-words"
      />
      <button type="button" class="button" onClick={stop}>
        Stop
      </button>
    </div>
  )
}
