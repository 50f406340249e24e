/** Safe to run at every start. */
export const CREATE_ORDERS = `
create table if not exists orders (
  id        text primary key,
  title     text    not null,
  customer  text    not null,
  quantity  integer not null check (quantity > 0),
  due       date    not null,
  revision  text    not null,
  language  text    not null check (language in ('ko', 'en')),
  format    text    not null check (format in ('html', 'pdf')),
  note      text    not null default '',
  materials jsonb   not null,
  steps     jsonb   not null,
  checks    jsonb   not null,
  drawing   jsonb   not null
)`;

/** One statement for all of them; an order that is there already stays as it is. */
export const SEED_ORDERS = `
insert into orders
select * from jsonb_to_recordset($1::jsonb) as seed(
  id text, title text, customer text, quantity integer, due date, revision text,
  language text, format text, note text, materials jsonb, steps jsonb, checks jsonb, drawing jsonb
)
on conflict (id) do nothing`;

// The day as text: a driver would make a moment of it, in the time zone of this machine.
const COLUMNS = `id, title, customer, quantity, due::text as due, revision, language, format, note,
  materials, steps, checks, drawing`;

export const FIND_ORDER = `select ${COLUMNS} from orders where id = $1`;

export const LIST_ORDERS = `select ${COLUMNS} from orders order by id limit $1`;
