/** Work that is done by so many at a time; the rest stands in line. */
export interface Line {
  put(work: () => Promise<void>): void
  /** What has not begun never does. */
  stop(): void
}

export function createLine(atOnce: number): Line {
  let waiting: (() => Promise<void>)[] = []
  let working = 0

  async function goOn(): Promise<void> {
    working++
    try {
      for (let work = waiting.shift(); work !== undefined; work = waiting.shift()) await work()
    } finally {
      working--
    }
  }

  return {
    put(work) {
      waiting.push(work)
      if (working < atOnce) void goOn()
    },
    stop() {
      waiting = []
    },
  }
}
