import type { BillItem, Reclaimable } from '../../src/model/bill.ts'
import type { Case, CaseBill } from '../../src/model/case.ts'
import { formatBytes } from '../../src/model/bytes.ts'
import { Size } from '../parts/size.tsx'
import { Note } from './note.tsx'
import { Section } from './section.tsx'

const RECLAIM_WORDS: Record<Reclaimable, string> = {
  yes: 'can be given back',
  no: 'cannot be given back',
  swap: 'only swap takes it',
}

/** Where the memory was, item by item; with the rest they are the charge to the byte. */
export function BillSection({ found }: { found: Case }) {
  const { bill } = found
  if (bill === null) return null
  const items = bill.items.toSorted((a, b) => b.bytes - a.bytes)
  return (
    <Section
      id="bill"
      title={bill.moment === 'kill' ? 'Where the memory was when it died' : 'Where the memory is'}
      lead={leadOf(bill)}
    >
      <table class="bill">
        <caption class="hidden">The bill: every item of the charge</caption>
        <thead class="hidden">
          <tr>
            <th scope="col">Item</th>
            <th scope="col">Share of the charge</th>
            <th scope="col">Size</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <ItemRow key={item.name} item={item} chargeBytes={bill.chargeBytes} />
          ))}
          {bill.unattributedBytes === 0 ? null : (
            <tr>
              <th scope="row">
                not attributed
                <Note>what no counter of the kernel accounts for; it is shown, and not spread</Note>
              </th>
              <Share bytes={bill.unattributedBytes} of={bill.chargeBytes} kind="rest" />
              <td class="number">
                <Size bytes={bill.unattributedBytes} />
              </td>
            </tr>
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Charged</th>
            <td class="faint">{bill.chargeSource}</td>
            <td class="number">
              <Size bytes={bill.chargeBytes} />
            </td>
          </tr>
          {bill.beside.map((part) => (
            <tr key={part.name}>
              <th scope="row">Beside it: {part.name}</th>
              <td class="faint">{part.source}</td>
              <td class="number">
                <Size bytes={part.bytes} />
              </td>
            </tr>
          ))}
        </tfoot>
      </table>
    </Section>
  )
}

function leadOf({ chargeBytes, limitBytes, unreclaimableBytes }: CaseBill): string {
  const of = limitBytes === null ? '' : ` of ${formatBytes(limitBytes)}`
  return `${formatBytes(chargeBytes)}${of} were charged; ${formatBytes(unreclaimableBytes)} of that could not be given back without swap.`
}

function ItemRow({ item, chargeBytes }: { item: BillItem; chargeBytes: number }) {
  return (
    <tr>
      <th scope="row">
        {item.name}
        <Note>
          {item.says} ({item.source})
          {item.parts.length === 0 ? null : (
            <>
              {'. Of it: '}
              {item.parts.map((part, at) => (
                <span key={part.name}>
                  {at === 0 ? '' : ', '}
                  {part.name} <Size bytes={part.bytes} />
                </span>
              ))}
            </>
          )}
        </Note>
      </th>
      <Share bytes={item.bytes} of={chargeBytes} kind={item.reclaimable} />
      <td class="number">
        <Size bytes={item.bytes} />
        <span class="reclaim">{RECLAIM_WORDS[item.reclaimable]}</span>
      </td>
    </tr>
  )
}

function Share({ bytes, of, kind }: { bytes: number; of: number; kind: Reclaimable | 'rest' }) {
  const percent = of === 0 ? 0 : Math.max(0, Math.min(100, (bytes / of) * 100))
  const words = percent > 0 && percent < 1 ? 'less than 1 %' : `${Math.round(percent)} %`
  return (
    <td class="share">
      <span class="bar" aria-hidden="true">
        <span class={`bar-fill bar-${kind}`} style={{ width: `${percent}%` }} />
      </span>
      <span class="share-words">{words}</span>
    </td>
  )
}
