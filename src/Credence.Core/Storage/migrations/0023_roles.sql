-- Who may do what: roles, the catalogue of permissions, and the edges between them (contract identity B.1, B.7, B.8).
-- position says when a row last changed, counted under the head row below: nodes follow what they have in memory by it.
insert into heads (name, value) values ('policy_definitions', 0);

create table roles (
    id text primary key,
    identifier text not null,
    name text not null, -- JSON: a text for each language
    description text,
    priority integer not null,
    type text not null,
    status text not null,
    position bigint not null,
    created_ms bigint not null,
    created_by text not null,
    modified_ms bigint,
    modified_by text,
    deleted_ms bigint
);
create unique index roles_identifier on roles (identifier) where deleted_ms is null;
create index roles_changed on roles (position);

create table permissions (
    code text primary key, -- <resource>.<action>
    resource text not null,
    action text not null,
    description text not null
);

-- An edge of variant group makes its subject a member of its target; one of variant policy lets it, or forbids it to, act on its target.
create table policy_definitions (
    id text primary key,
    variant text not null,
    subject_type text not null, -- User, Role
    subject_id text not null,
    target_type text not null, -- Role, Permission, Organizer, Merchant
    target_id text not null,
    domain text not null,
    action text not null, -- empty for a group edge
    effect text not null,
    position bigint not null,
    created_ms bigint not null,
    created_by text not null,
    deleted_ms bigint,
    deleted_by text
);
create unique index policy_definitions_edge on policy_definitions (subject_type, subject_id, target_type, target_id, variant, domain, action, effect)
    where deleted_ms is null;
create index policy_definitions_target on policy_definitions (target_type, target_id);
create index policy_definitions_changed on policy_definitions (position);

insert into roles (id, identifier, name, description, priority, type, status, position, created_ms, created_by) values
    ('rol_01JGFJJZ00E008000000000001', 'SUPER_ADMIN', '{"en":"Super administrator","vi":"Quản trị viên cấp cao"}', 'May do everything.', 1000, 'system', 'activated', 0, 1735689600000, 'credence'),
    ('rol_01JGFJJZ00E008000000000002', 'OPERATOR', '{"en":"Operator","vi":"Nhân viên vận hành"}', 'Runs the installation: people, configuration and keys.', 600, 'system', 'activated', 0, 1735689600000, 'credence'),
    ('rol_01JGFJJZ00E008000000000003', 'ADMIN', '{"en":"Administrator","vi":"Quản trị viên"}', 'Administers people, and who of them may do what.', 500, 'system', 'activated', 0, 1735689600000, 'credence'),
    ('rol_01JGFJJZ00E008000000000004', 'OWNER', '{"en":"Owner","vi":"Chủ sở hữu"}', 'Owns an organizer or a merchant.', 500, 'system', 'activated', 0, 1735689600000, 'credence'),
    ('rol_01JGFJJZ00E008000000000005', 'CASHIER', '{"en":"Cashier","vi":"Thu ngân"}', 'Takes payments for a merchant.', 110, 'system', 'activated', 0, 1735689600000, 'credence'),
    ('rol_01JGFJJZ00E008000000000006', 'EMPLOYEE', '{"en":"Employee","vi":"Nhân viên"}', 'Works for a merchant.', 100, 'system', 'activated', 0, 1735689600000, 'credence'),
    ('rol_01JGFJJZ00E008000000000007', 'CUSTOMER', '{"en":"Customer","vi":"Khách hàng"}', 'Buys; what everybody is who signs up.', 10, 'system', 'activated', 0, 1735689600000, 'credence'),
    ('rol_01JGFJJZ00E008000000000008', 'GUEST', '{"en":"Guest","vi":"Khách"}', 'Looks around.', 1, 'system', 'activated', 0, 1735689600000, 'credence');

insert into permissions (code, resource, action, description) values
    ('User.create', 'User', 'create', 'Make accounts for others'),
    ('User.read', 'User', 'read', 'See accounts and list them'),
    ('User.update', 'User', 'update', 'Change accounts, end their sessions, lift their locks'),
    ('User.delete', 'User', 'delete', 'Delete accounts'),
    ('Role.create', 'Role', 'create', 'Make roles'),
    ('Role.read', 'Role', 'read', 'See roles'),
    ('Role.update', 'Role', 'update', 'Change roles'),
    ('Role.delete', 'Role', 'delete', 'Delete roles'),
    ('Permission.read', 'Permission', 'read', 'See the catalogue of permissions'),
    ('PolicyDefinition.create', 'PolicyDefinition', 'create', 'Grant roles and permissions'),
    ('PolicyDefinition.read', 'PolicyDefinition', 'read', 'See who has which roles and permissions, and ask about others'),
    ('PolicyDefinition.delete', 'PolicyDefinition', 'delete', 'Take roles and permissions back'),
    ('Configuration.read', 'Configuration', 'read', 'See the configuration, without its secrets'),
    ('Configuration.update', 'Configuration', 'update', 'Change the configuration, and try it out'),
    ('Key.read', 'Key', 'read', 'See the signing keys'),
    ('Key.execute', 'Key', 'execute', 'Rotate and retire signing keys');

insert into policy_definitions (id, variant, subject_type, subject_id, target_type, target_id, domain, action, effect, position, created_ms, created_by)
select 'pdef_01JGFJJZ00E00800000000' || edge.column1, 'policy', 'Role', r.id, 'Permission', p.code, '*', p.action, 'allow', 0, 1735689600000, 'credence'
from (values
    ('0101', 'SUPER_ADMIN', 'User.create'),
    ('0102', 'SUPER_ADMIN', 'User.read'),
    ('0103', 'SUPER_ADMIN', 'User.update'),
    ('0104', 'SUPER_ADMIN', 'User.delete'),
    ('0105', 'SUPER_ADMIN', 'Role.create'),
    ('0106', 'SUPER_ADMIN', 'Role.read'),
    ('0107', 'SUPER_ADMIN', 'Role.update'),
    ('0108', 'SUPER_ADMIN', 'Role.delete'),
    ('0109', 'SUPER_ADMIN', 'Permission.read'),
    ('0110', 'SUPER_ADMIN', 'PolicyDefinition.create'),
    ('0111', 'SUPER_ADMIN', 'PolicyDefinition.read'),
    ('0112', 'SUPER_ADMIN', 'PolicyDefinition.delete'),
    ('0113', 'SUPER_ADMIN', 'Configuration.read'),
    ('0114', 'SUPER_ADMIN', 'Configuration.update'),
    ('0115', 'SUPER_ADMIN', 'Key.read'),
    ('0116', 'SUPER_ADMIN', 'Key.execute'),
    ('0201', 'OPERATOR', 'User.create'),
    ('0202', 'OPERATOR', 'User.read'),
    ('0203', 'OPERATOR', 'User.update'),
    ('0206', 'OPERATOR', 'Role.read'),
    ('0209', 'OPERATOR', 'Permission.read'),
    ('0211', 'OPERATOR', 'PolicyDefinition.read'),
    ('0213', 'OPERATOR', 'Configuration.read'),
    ('0214', 'OPERATOR', 'Configuration.update'),
    ('0215', 'OPERATOR', 'Key.read'),
    ('0216', 'OPERATOR', 'Key.execute'),
    ('0301', 'ADMIN', 'User.create'),
    ('0302', 'ADMIN', 'User.read'),
    ('0303', 'ADMIN', 'User.update'),
    ('0304', 'ADMIN', 'User.delete'),
    ('0305', 'ADMIN', 'Role.create'),
    ('0306', 'ADMIN', 'Role.read'),
    ('0307', 'ADMIN', 'Role.update'),
    ('0308', 'ADMIN', 'Role.delete'),
    ('0309', 'ADMIN', 'Permission.read'),
    ('0310', 'ADMIN', 'PolicyDefinition.create'),
    ('0311', 'ADMIN', 'PolicyDefinition.read'),
    ('0312', 'ADMIN', 'PolicyDefinition.delete'),
    ('0313', 'ADMIN', 'Configuration.read')
) edge
join roles r on r.identifier = edge.column2
join permissions p on p.code = edge.column3;
