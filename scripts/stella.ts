/** Runs stella from its sources, without a build: `node scripts/stella.ts why …`. The action of GitHub does so. */
import { main } from '../src/cli/main.ts'

await main(process.argv.slice(2))
