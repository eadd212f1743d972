import type fc from 'fast-check'
import type { FactKind, FactOf } from '../../../src/model/facts.ts'

/** One arbitrary for each kind of fact. */
export type FactArbitraries = { readonly [K in FactKind]: fc.Arbitrary<FactOf<K>> }
