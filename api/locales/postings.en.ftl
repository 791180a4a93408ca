who-edition = Boundaries
who-name-not-public = name not public
who-holds = { $who } ({ $since } to { $until })

postings-ignored = Columns that are not read: { $columns }.
postings-row = Row { $row }: { $said }
postings-more = … and { $n } more.
postings-count = { $kind }: { $n }
postings-follow = Row { $row }: { $n ->
    [one] one open case goes
   *[other] { $n } open cases go
} to { $holder }.
postings-nothing-changed = { $n ->
    [one] One fault; nothing was changed. Mend the row and read the file again.
   *[other] { $n } faults; nothing was changed. Mend these rows and read the file again.
}
postings-nothing-new = Nothing to do: all of this is recorded already.
postings-done = Done.
postings-dry = Nothing was changed yet. With --commit it is done.
postings-away = away, back on { $until }
postings-vacant = no head since { $since }
postings-ending = its head leaves on { $since }, no successor
postings-never = the beginning
postings-next = next head from { $day }
postings-no-vacancy = Every grid has a head.
