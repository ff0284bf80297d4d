using Credence.Agents;
using Credence.Credentials;
using Credence.Keys;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.AgentsDoor;

/// <summary>What tests of the rooms behind the agents door begin with.</summary>
internal static class DoorWorld
{
    public static AgentProfile Profile(string email) =>
        AgentProfile.None with { Email = email, Type = AgentType.Custom, Version = "1.0.0", Capabilities = ["a:b"], Owner = "tests", Environment = DeploymentEnvironment.Staging };

    /// <summary>Begins the installation: its first agent, and the secret of that.</summary>
    public static async Task<(Agent Agent, IssuedCredential Credential)> BeginAsync(this World world)
    {
        var made = (await world.Get<Bootstrap>().RunAsync(new Bootstrap.Input("Acme", "acme", "root@example.test"), World.Ct)).Value;
        return (made.Agent, made.Credential);
    }

    /// <summary>An agent's token by its secret, or why there is none.</summary>
    public static async Task<Result<IssuedAccessToken>> TokenAsync(this World world, Agent agent, string secret, params string[] scopes) =>
        await world.Get<FindClient>().RunAsync(agent.Id, secret, World.Ct) is { } client
            ? await world.Get<IssueAccessToken>().RunAsync(client, scopes.Length == 0 ? null : scopes, World.Ct)
            : AccessTokenFailures.InvalidClient;

    /// <summary>Who calls with a new token of this agent.</summary>
    public static async Task<AgentCaller> CallerAsync(this World world, Agent agent, string secret, params string[] scopes) =>
        (await world.TokenAsync(agent, secret, scopes)).Value.Claims.ToCaller();

    public static async Task<IssuedCredential> EquipAsync(this World world, AgentCaller by, Agent agent) =>
        (await world.Get<CreateCredential>().RunAsync(by, agent.Id, new CreateCredential.Input(null, KeyAlgorithm.ES256), World.Ct)).Value;
}
