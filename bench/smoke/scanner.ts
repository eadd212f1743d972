/** That the bench of the scanner's queue still runs and prints its figures: `node bench/smoke/scanner.ts`. They are not judged here. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const QUEUE = fileURLToPath(new URL('../scanner/queue.ts', import.meta.url))
const PRINTS = /embedded, nothing else waits: .* a job \d[\s\S]*embedded, 50 wait: depths\(\) \d/

const { stdout, stderr } = spawnSync(process.execPath, [QUEUE, '50', '3'], { encoding: 'utf8' })
const works = PRINTS.test(stdout)
process.stdout.write(works ? stdout : `queue.ts printed no figures:\n${stdout}${stderr}\n`)
process.exitCode = works ? 0 : 1
