import { EXIT, StellaError } from '../../../model/errors.ts'
import type { Bill } from '../../../model/bill.ts'
import type { Case } from '../../../model/case.ts'
import { sharesOfTable } from '../../../bill/processes.ts'
import { casesInFile } from '../../case-file.ts'

/**
 * The bill that a stored case carries; null where the path holds no case alone. A folder with a case also holds the world that
 * it was judged from, which tells more.
 *
 * @throws StellaError 4 where the case has no bill
 */
export async function billOfCaseFile(path: string): Promise<Bill | null> {
  const found = await casesInFile(path)
  if (found === null || found.isFolder) return null
  const last = found.cases.findLast(({ bill }) => bill !== null)
  if (last === undefined || last.bill === null) throw noBill(path)
  return { ...ofCase(last), ...last.bill }
}

function ofCase(found: Case): Omit<Bill, keyof NonNullable<Case['bill']>> {
  return {
    subject: found.subject,
    at: found.at,
    scope: 'group',
    processes: sharesOfTable(found.processes),
    bounds: [],
    runtimes: [],
    pageCache: null,
    tools: [],
    findings: [],
    unknown: found.unknown,
  }
}

function noBill(path: string): StellaError {
  return new StellaError({
    exitCode: EXIT.inconclusive,
    what: 'the case does not tell where the memory was',
    where: path,
    todo: 'give the kernel log of the kill with --from, or the folder that the case was exported to',
  })
}
