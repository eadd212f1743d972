import type { LayerProgress } from '../../../image/catalog-image.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliIo } from '../../context.ts'

/** What is quicker needs no word. */
const PATIENCE_MS = 1_000
const WIDTH = 24

/** One line on the terminal, while people wait: how many layers are read. */
export function scanProgress(
  io: Pick<CliIo, 'err' | 'terminal'>,
  { quiet, json }: CommonFlags,
): { layer(progress: LayerProgress): void; end(): void } {
  if (io.terminal === null || quiet === true || json === true) return { layer() {}, end() {} }
  let isShown = false
  let words = 'reading layers'
  const show = (): void => {
    isShown = true
    io.err(`\r${words}\u001b[K`)
  }
  const timer = setTimeout(show, PATIENCE_MS)
  timer.unref()
  return {
    layer({ done, of }) {
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
