import { errorMessage } from '../../../model/error-message.ts'
import type { Snapshot } from '../../../watch/row.ts'
import type { SortKey } from '../../../watch/sort.ts'
import type { Paint } from '../../render/paint.ts'
import type { Screen } from '../../render/screen.ts'
import type { Drill } from './drill.ts'
import { frame, pageLines } from './frame.ts'
import type { Scene } from './frame.ts'
import { press } from './keys.ts'
import type { Key } from './keys.ts'
import { chosenRows, initialView } from './view.ts'

export interface LiveSetting {
  sample(): Snapshot
  drill: Drill
  screen: Screen
  sort: SortKey
  intervalMs: number
  paint: Paint
}

/** A round takes at most this share of the time, however slow the machine is. */
const LARGEST_SHARE = 0.2

/** Shows the groups until the one at the keyboard has seen enough. */
export function runLive(setting: LiveSetting): Promise<void> {
  const { screen, intervalMs, paint } = setting
  let view = initialView(setting.sort)
  let snapshot = setting.sample()
  let opened: Scene['opened'] = null
  let openings = 0
  let timer: NodeJS.Timeout | null = null

  return new Promise((resolve, reject) => {
    function draw(): void {
      const size = screen.size()
      screen.draw(frame({ snapshot, view, size, paint, opened, intervalMs }))
    }

    function next(tookMs: number): void {
      timer = setTimeout(guarded(round), Math.max(intervalMs - tookMs, tookMs / LARGEST_SHARE))
    }

    function round(): void {
      const start = performance.now()
      snapshot = setting.sample()
      draw()
      next(performance.now() - start)
    }

    function onKey(key: Key): void {
      const size = screen.size()
      const pressed = press(view, key, chosenRows(snapshot.rows, view), pageLines(size))
      view = pressed.view
      if (pressed.action === 'quit') {
        end()
        resolve()
        return
      }
      if (pressed.action === 'open') open()
      draw()
    }

    function open(): void {
      const row = snapshot.rows.find(({ path }) => path === view.selected)
      const opening = ++openings
      opened = row === undefined ? ['the group was removed'] : null
      if (row === undefined) return
      const show = (lines: readonly string[]): void => {
        // Another one may have been opened meanwhile.
        if (opening !== openings) return
        opened = lines
        draw()
      }
      setting.drill(row, screen.size().columns).then(guarded(show), (error: unknown) => {
        guarded(show)([errorMessage(error)])
      })
    }

    function end(): void {
      openings++
      if (timer !== null) clearTimeout(timer)
    }

    /** What goes wrong later ends the view as what goes wrong at once does. */
    function guarded<T extends unknown[]>(work: (...args: T) => void): (...args: T) => void {
      return (...args) => {
        try {
          work(...args)
        } catch (error) {
          end()
          reject(error)
        }
      }
    }

    screen.onKey(guarded(onKey))
    screen.onResize(guarded(draw))
    screen.onEnd(() => {
      end()
      resolve()
    })
    guarded(() => {
      draw()
      next(0)
    })()
  })
}
