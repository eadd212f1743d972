import type { LayerProgress } from '../../../image/catalog-options.ts'
import { formatBytes } from '../../../model/bytes.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliIo } from '../../context.ts'

/** What is quicker needs no word. */
const PATIENCE_MS = 1_000
const WIDTH = 24

export interface ScanProgress {
  onPhase(name: string): void
  onLayer(progress: LayerProgress): void
  end(): void
}

/** A line for each phase and each layer as it passes, with the time since it began. */
export function scanStory(io: Pick<CliIo, 'err'>): ScanProgress {
  const begun = performance.now()
  const tell = (says: string): void => {
    const seconds = ((performance.now() - begun) / 1_000).toFixed(1)
    io.err(`stella: ${seconds.padStart(6)} s  ${says}\n`)
  }
  return {
    onPhase: tell,
    onLayer({ done, of, at, sizeBytes, wasKnown }) {
      const which =
        at === null ? `blob ${done}` : `layer ${at + 1}${of === null ? '' : ` of ${of}`}`
      const size = sizeBytes === null ? '' : `, ${formatBytes(sizeBytes)}`
      tell(`${which}${size}: ${wasKnown ? 'known' : 'read'}`)
    },
    end() {},
  }
}

/** One line on the terminal, while people wait: how many layers are read. */
export function scanProgress(
  io: Pick<CliIo, 'err' | 'terminal'>,
  { quiet, json }: CommonFlags,
): ScanProgress {
  if (io.terminal === null || quiet === true || json === true) {
    return { onPhase() {}, onLayer() {}, end() {} }
  }
  let isShown = false
  let words = 'reading layers'
  const show = (): void => {
    isShown = true
    io.err(`\r${words}\u001b[K`)
  }
  const timer = setTimeout(show, PATIENCE_MS)
  timer.unref()
  return {
    onPhase() {},
    onLayer({ done, of }) {
      const filled = of === null || of === 0 ? 0 : Math.round((done / of) * WIDTH)
      const bar = of === null ? '' : `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} `
      words = `${bar}${of === null ? done : `${done} of ${of}`} layers read`
      if (isShown) show()
    },
    end() {
      clearTimeout(timer)
      if (isShown) io.err('\r\u001b[K')
      isShown = false
    },
  }
}
