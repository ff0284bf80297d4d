using Credence.Agents;
using Credence.Credentials;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.AgentsDoor;

public sealed class DoorRaceTests
{
    private const int Callers = 20;

    [Theory, EachEngine]
    public async Task Of_twenty_who_begin_the_installation_at_once_one_does(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var made = await World.AllAtOnceAsync(
            Callers, number => world.Get<Bootstrap>().RunAsync(new Bootstrap.Input("Acme", $"acme-{number}", $"root-{number}@example.test"), World.Ct));

        Assert.Single(made, one => one.Succeeded);
        Assert.All(made.Where(one => !one.Succeeded), one => Assert.Equal(BootstrapFailures.Begun, one.Failure));
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from organizations where is_bootstrap"));
    }

    [Theory, EachEngine]
    public async Task A_client_that_the_settings_name_is_made_once_however_many_servers_start(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await world.NodeAsync();
        var (id, secret) = (Guid.CreateVersion7(world.Now), Credential.NewSecret());
        var made = await World.AllAtOnceAsync(
            Callers, number => (number % 2 == 0 ? world : node).Get<Bootstrap>().EnsureAsync(Bootstrap.Usual, id, secret, World.Ct));

        Assert.Single(made, one => one.Value);
        Assert.NotNull(await world.Get<FindClient>().RunAsync(new Id<Agent>(id), secret, World.Ct));
    }

    [Theory, EachEngine]
    public async Task Of_twenty_agents_with_one_address_one_is_registered(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (root, credential) = await world.BeginAsync();
        var caller = await world.CallerAsync(root, credential.Secret);
        var made = await World.AllAtOnceAsync(
            Callers, number => world.Get<RegisterAgent>().RunAsync(caller, DoorWorld.Profile(number % 2 == 0 ? "Same@example.test" : "same@EXAMPLE.test"), World.Ct));

        Assert.Single(made, one => one.Succeeded);
        Assert.All(made.Where(one => !one.Succeeded), one => Assert.Equal(AgentFailures.EmailTaken, one.Failure));
        Assert.Equal(1, await world.AuditedAsync("agent.created", made.Single(one => one.Succeeded).Value.Id.ToString()));
    }

    [Theory, EachEngine]
    public async Task Of_twenty_rotations_at_once_as_many_secrets_count_as_the_credential_has(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (root, credential) = await world.BeginAsync();
        var caller = await world.CallerAsync(root, credential.Secret);
        var rotated = await World.AllAtOnceAsync(
            Callers, _ => world.Get<RotateCredential>().RunAsync(caller, root, credential.Credential.Id, null, TimeSpan.Zero, World.Ct));

        Assert.All(rotated.Where(one => !one.Succeeded), one => Assert.Equal(CredentialFailures.Rotated, one.Failure));
        var works = 0;
        foreach (var one in rotated.Where(one => one.Succeeded)) works += (await world.TokenAsync(root, one.Value.Secret)).Succeeded ? 1 : 0;
        Assert.Equal(1, works);
        Assert.Equal(rotated.Count(one => one.Succeeded), await world.AuditedAsync("credential.rotated"));
    }

    [Theory, EachEngine]
    public async Task A_token_issued_while_its_credential_is_revoked_does_not_count(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (root, credential) = await world.BeginAsync();
        var caller = await world.CallerAsync(root, credential.Secret);
        var other = await world.EquipAsync(caller, root);
        var revoking = world.Get<RevokeCredential>().RunAsync(caller, root, other.Credential.Id, World.Ct);
        var issued = await World.AllAtOnceAsync(Callers, _ => world.TokenAsync(root, other.Secret));
        Assert.True((await revoking).Succeeded);

        foreach (var one in issued)
        {
            if (one.Succeeded) Assert.Equal(AccessTokenFailures.Revoked, (await world.Get<CheckAccessToken>().RunAsync(one.Value.Jwt, World.Ct)).Failure);
        }

        Assert.False((await world.TokenAsync(root, other.Secret)).Succeeded);
        Assert.Equal(1, await world.AuditedAsync("credential.revoked"));
    }

    [Theory, EachEngine]
    public async Task Tokens_asked_for_at_once_share_a_commit_and_each_leaves_its_entry_and_its_event(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (root, credential) = await world.BeginAsync();
        var issued = await World.AllAtOnceAsync(200, _ => world.TokenAsync(root, credential.Secret));

        Assert.All(issued, one => Assert.True(one.Succeeded));
        Assert.Equal(200, issued.Select(one => one.Value.Claims.Token).Distinct().Count());
        Assert.Equal(200, await world.AuditedAsync("token.issued"));
        Assert.Equal(200, await world.CountAsync($"select count(*) as n from events where type = 'token.issued' and door = 'agents'"));
    }
}
