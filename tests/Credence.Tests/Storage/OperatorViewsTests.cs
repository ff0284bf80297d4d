using System.Diagnostics;
using Credence.Anomalies;
using Credence.Audit;
using Credence.Billing;
using Credence.Organizations;
using Credence.Passkeys;
using Credence.Policies;
using Credence.Scim;
using Credence.Storage;
using Credence.Tests.Messages;
using Credence.Tests.Scim;
using Credence.Tests.SignIn;
using Credence.Tests.Support;
using Credence.Tests.Webhooks;

namespace Credence.Tests.Storage;

/// <summary>The documented table names on PostgreSQL; SQLite has none, being no operator's database.</summary>
public sealed class OperatorViewsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_documented_names_show_what_the_server_stores()
    {
        await using var world = await World.OnAsync(EngineKind.Postgres);
        var root = await world.GrantAsync("calendar:read", "email:send");
        var child = (await world.DelegateAsync(root, world.Agent, "email:send")).Value;
        await world.RevokeAsync(child);
        var logged = (await world.LogAsync("mail.send")).Value;
        await world.Get<SealAudit>().RunAsync(Ct);

        Assert.Equal(Migrator.Shipped(EngineKind.Postgres).Count, await world.CountAsync($"select count(*) as n from public.schema_migrations where applied_at > '2026'"));
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from public.developers where mode = 'live' and length(api_key_hash) = 64"));
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from public.agents where did = {world.Agent.Did} and 'files:read' = any(scopes)"));
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from public.auth_requests where status = 'consumed' and expires_in = '86400s'"));
        Assert.Equal(1, await world.CountAsync(
            $"select count(*) as n from public.grants where parent_grant_id = {root.Grant.Id} and delegation_depth = 1 and revoked_at is not null and scopes = array['email:send']"));
        Assert.Equal(2, await world.CountAsync($"select count(*) as n from public.grant_tokens where not is_revoked"));
        Assert.Equal(2, await world.CountAsync($"select count(*) as n from public.refresh_tokens where not is_used"));

        await world.Get<DetectAnomalies>().RunAsync(world.Caller, World.Ct);
        Assert.Equal(2, await world.CountAsync( // the clock stands still, so neither grant is earlier than the other
            $"select count(*) as n from public.anomalies where type = 'new_principal' and principal_id = 'ada' and metadata->>'windowHours' = '24' and acknowledged_at is null"));

        await world.Get<CreatePolicy>().RunAsync(world.Caller, new("any", PolicyEffect.Deny, 1, PolicyTerms.None), World.Ct);
        await world.Get<CreatePolicy>().RunAsync(world.Caller, new("some", PolicyEffect.Allow, 2, PolicyTerms.None with { Scopes = ["a", "b"], Start = new(90) }), World.Ct);
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from public.policies where scopes is null and effect = 'deny'"));
        Assert.Equal(1, await world.CountAsync(
            $"select count(*) as n from public.policies where 'b' = any(scopes) and priority = 2 and time_of_day_start = '01:30' and developer_id = {world.Caller.Organization}"));
        Assert.Equal(1, await world.CountAsync(
            $"select count(*) as n from public.audit_entries where id = {logged.Id} and hash = {logged.Hash} and action = 'mail.send' and agent_did = 'did:example:1'"));
        var directory = await world.DirectoryAsync();
        await world.CreateAsync(directory, ScimKind.User, """{"userName":"Ada","externalId":"7","displayName":"A","emails":[{"value":"a@example.test"}]}""");
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from public.scim_tokens where label = 'directory' and length(token_hash) = 64"));
        Assert.Equal(1, await world.CountAsync(
            $"select count(*) as n from public.scim_users where user_name = 'Ada' and external_id = '7' and active and emails -> 0 ->> 'value' = 'a@example.test'"));
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from public.audit_entries")); // the server's own chain is not in it
        await world.Get<SetPlan>().RunAsync(world.Caller.Organization, Plan.Pro, "admin", Ct);
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from public.subscriptions where plan = 'pro' and status = 'active' and current_period_end is null"));
        Assert.Equal(1, await world.CountAsync(
            $"select count(*) as n from public.usage_daily where token_exchanges = 1 and authorizations = 1 and total_requests = 2 and date = date '2026-03-01'"));
    }

    [Fact]
    public async Task What_is_configured_is_a_view_under_its_documented_name()
    {
        await using var world = await World.OnAsync(EngineKind.Postgres);
        await world.SetAsync("MAIL", "smtp", """{"host":"m.example.com","port":465,"secure":"tls","username":"ada","from":"a@example.com"}""", "secret");
        Assert.Equal(1, await world.CountAsync(
            $"""
            select count(*) as n from public."Configuration"
            where "group" = 'MAIL' and code = 'smtp' and owner_id is null and value ->> 'host' = 'm.example.com' and credential like 'v1.%' and modified_by = 'ada'
            """));
    }

    [Fact]
    public async Task The_documented_names_of_passkeys_are_views()
    {
        await using var world = await World.OnAsync(EngineKind.Postgres);
        using var device = new SoftAuthenticator();
        var begun = (await world.Get<EnrolPasskey>().BeginAsync(Enroller.Of(world.Caller), "ada", "Example", Ct)).Value;
        Assert.Equal(1, await world.CountAsync(
            $"select count(*) as n from public.webauthn_challenges where ceremony_type = 'registration' and principal_id = 'ada' and not consumed and length(challenge) = 64"));
        Assert.True((await world.Get<EnrolPasskey>().FinishAsync(Enroller.Of(world.Caller), begun.Challenge.Id, device.Made(begun), "Phone", Ct)).Succeeded);
        Assert.Equal(1, await world.CountAsync(
            $"select count(*) as n from public.webauthn_credentials where developer_id = {world.Caller.Organization} and 'internal' = any(transports) and device_name = 'Phone'"));
    }

    [Fact]
    public async Task An_operator_changes_how_often_a_delivery_is_retried_under_its_documented_name()
    {
        await using var world = await World.OnAsync(EngineKind.Postgres);
        var (webhook, _) = await world.WebhookAsync("http://127.0.0.1:1/");
        await world.HappenAsync(1);
        await using (var tx = await world.Db.BeginAsync(Ct))
        {
            Assert.Equal(1, await tx.ExecuteAsync($"update public.webhook_deliveries set max_attempts = 9 where status = 'pending'", Ct));
            await tx.CommitAsync();
        }

        Assert.Equal(9, (await world.OnlyDeliveryAsync(webhook)).MaxAttempts);
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from public.webhooks where 'grant.created' = any(events) and secret like 'v1.%'"));
    }

    [Fact]
    public async Task The_documented_names_of_people_are_views_without_a_hash()
    {
        await using var world = await World.OnAsync(EngineKind.Postgres);
        var ada = (await world.SignUpAsync("ada1", "ada@example.test", "+84912345678")).Value.Person;
        Assert.True((await world.SignInAsync()).Succeeded);
        Assert.Equal(1, await world.CountAsync(
            $"""select count(*) as n from identity."User" where id = {ada.ToString()} and status = 'ACTIVATED' and last_login_at >= created_at and deleted_at is null"""));
        Assert.Equal(3, await world.CountAsync(
            $"""
            select count(*) as n from identity."UserIdentifier" where user_id = {ada.ToString()} and (scheme, identifier, verified) in
                (('USERNAME', 'ada1', true), ('EMAIL', 'ada@example.test', false), ('PHONE_NUMBER', '+84912345678', false))
            """));
        Assert.Equal(1, await world.CountAsync($"""select count(*) as n from identity."UserCredential" where user_id = {ada.ToString()} and scheme = 'BASIC' and modified_at is not null"""));
        Assert.Equal(1, await world.CountAsync($"""select count(*) as n from identity."UserProfile" where user_id = {ada.ToString()} and first_name is null"""));
        Assert.Equal(1, await world.CountAsync(
            $"""select count(*) as n from identity."Session" where user_id = {ada.ToString()} and client_id = 'shop' and ip = '192.0.2.1' and expires_at > created_at and ended_at is null"""));
        Assert.Equal(0, await world.CountAsync(
            $"""
            select count(*) as n from information_schema.columns
            where table_schema = 'identity' and table_name in ('User', 'UserIdentifier', 'UserCredential', 'UserProfile', 'Session') and column_name like '%hash%'
            """));
    }

    /// <summary>Contract identity A.6 37, 38: with the client and the words of the runbook, which names no schema.</summary>
    [Fact]
    public async Task What_the_runbook_asks_of_the_database_works_as_it_is_written()
    {
        await using var world = await World.OnAsync(EngineKind.Postgres);
        var ada = await world.PersonAsync("ada1");
        Assert.Contains($"{ada}|", await PsqlAsync(world.Url, $"""SELECT * FROM "User" WHERE id = '{ada}';"""), StringComparison.Ordinal);
        Assert.Contains($"|User|{ada}|", await PsqlAsync(world.Url, $"""SELECT * FROM "PolicyDefinition" WHERE subject_id = '{ada}' AND subject_type = 'User';"""), StringComparison.Ordinal);
        var plan = await PsqlAsync(world.Url, $"""set enable_seqscan = off; explain SELECT * FROM "User" WHERE id = '{ada}';""");
        Assert.Contains("people_id_text", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_was_there_before_keeps_its_name()
    {
        await using var database = await TestDb.EmptyAsync(EngineKind.Postgres);
        await using (var tx = await database.Db.BeginAsync(Ct))
        {
            await tx.ExecuteAsync($"create table public.agents (id text)", Ct);
            await tx.CommitAsync();
        }

        var files = Migrator.Shipped(EngineKind.Postgres);
        Assert.Equal(files.Count, await new Migrator(database.Db, TimeProvider.System).ApplyAsync(files, Ct));
        Assert.Equal(0, await database.Db.NumberAsync($"select count(*) as n from public.agents", Ct));
        Assert.Equal(0, await database.Db.NumberAsync($"select count(*) as n from credence.agents", Ct));
        Assert.Equal(0, await database.Db.NumberAsync($"select count(*) as n from public.grants", Ct));
    }

    private static async Task<string> PsqlAsync(string url, string statement)
    {
        var start = new ProcessStartInfo("psql", ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1", "--dbname", url, "--command", statement])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var psql = Process.Start(start)!;
        var (output, errors) = (psql.StandardOutput.ReadToEndAsync(Ct), psql.StandardError.ReadToEndAsync(Ct));
        await psql.WaitForExitAsync(Ct);
        return psql.ExitCode == 0 ? await output : throw new InvalidOperationException(await errors);
    }
}
