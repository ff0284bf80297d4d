// What must be true in the database whatever happened to the server (design D7, D8).
import { none } from './expect.mjs';
import { eventually } from './server.mjs';

/** What the server recorded, sealed or still waiting for that. */
const RECORDED = `(select organization_id, id, body from credence.audit_entries where chain = 'system'
  union all select organization_id, id, body from credence.audit_pending)`;
const GRANTS_WITHOUT_ENTRY = `select g.id from credence.grants g where not exists (select 1 from ${RECORDED} a
  where a.organization_id = g.organization_id and a.body::json->>'type' = 'grant.created' and a.body::json->>'subject' = g.id)`;
const GRANTS_WITHOUT_EVENT = `select g.id from credence.grants g where not exists (select 1 from credence.events e
  where e.organization_id = g.organization_id and e.type = 'grant.created' and e.data::json->>'grantId' = g.id)`;
const ENTRIES_WITHOUT_GRANT = `select a.id from ${RECORDED} a where a.body::json->>'type' = 'grant.created'
  and not exists (select 1 from credence.grants g where g.id = a.body::json->>'subject')`;
const REVOKED_WITHOUT_TRACE = `select g.id from credence.grants g where g.status = 'revoked' and (
  not exists (select 1 from credence.revocations r where r.kind = 'grant' and r.id = g.id)
  or not exists (select 1 from ${RECORDED} a where a.body::json->>'type' = 'grant.revoked' and a.body::json->>'subject' = g.id)
  or not exists (select 1 from credence.events e where e.type = 'grant.revoked' and e.data::json->>'grantId' = g.id))`;
const BROKEN_LINKS = `select id from (select id, seq, prev_hash, row_number() over chain as place, lag(hash) over chain as before from credence.audit_entries
  window chain as (partition by organization_id, chain order by seq)) t where seq <> place or prev_hash is distinct from before`;
const BROKEN_TREES = `select organization_id from credence.audit_entries group by organization_id
  having min(leaf) <> 0 or max(leaf) <> count(*) - 1 or count(distinct leaf) <> count(*)
    or count(*) <> (select h.seq from credence.audit_heads h where h.organization_id = audit_entries.organization_id and h.chain = 'tree')`;
const WRONG_HASHES = `select id from credence.audit_entries
  where hash <> encode(sha256(convert_to(body, 'UTF8')), 'hex') or leaf_hash <> sha256('\\x00'::bytea || convert_to(body, 'UTF8'))`;
const UNSEALED = 'select id from credence.audit_pending union all select id from credence.audit_entries where leaf is null';

/** Nothing is half done, and whatever the server said it did is there. */
export async function booksBalance(postgres, { granted, revoked }) {
  await postgres.query('analyze credence.grants, credence.audit_entries, credence.audit_pending, credence.events');
  await allEmpty(postgres, { GRANTS_WITHOUT_ENTRY, GRANTS_WITHOUT_EVENT, ENTRIES_WITHOUT_GRANT, REVOKED_WITHOUT_TRACE, BROKEN_LINKS });

  const stored = new Map(await postgres.query('select id, status from credence.grants'));
  none([...granted].filter((id) => !stored.has(id)), 'grants that were answered and are not there');
  none([...revoked.keys()].filter((id) => stored.get(id) !== 'revoked'), 'grants whose revocation was answered and that are active');
  return stored.size;
}

/** Sealing goes on by itself: in the end every entry has its place, in its chain and in its organization's tree. */
export async function allSealed(postgres) {
  await eventually(async () => (await postgres.query(UNSEALED)).length === 0, 'every audit entry is sealed', 60);
  await allEmpty(postgres, { BROKEN_LINKS, BROKEN_TREES, WRONG_HASHES });
}

async function allEmpty(postgres, questions) {
  for (const [what, sql] of Object.entries(questions)) none(await postgres.query(sql), what);
}
