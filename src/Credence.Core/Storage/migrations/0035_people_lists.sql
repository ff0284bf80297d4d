-- Lists of people and of what they may do are read in order and counted without the rows (contract identity ID-33, ID-45).
create index people_listed on people (status, id) where deleted_ms is null;
create index policy_definitions_listed on policy_definitions (id) where deleted_ms is null;
