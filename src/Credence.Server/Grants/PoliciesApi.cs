using System.Text.Json.Serialization;
using Credence.Policies;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Server.Grants.Reading;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/policies</c>: the organization's rules about consent (contract grantex-core 10).</summary>
internal static class PoliciesApi
{
    private const int NameLength = 200;
    private const int WritesPerMinute = 30; // of one address, contract grantex 3.1

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/policies", Create).LimitAddress(WritesPerMinute);
        routes.MapMethods("/v1/policies", RouteFacts.Read, List);
        routes.MapMethods("/v1/policies/{id}", RouteFacts.Read, Get);
        routes.MapPatch("/v1/policies/{id}", Change).LimitAddress(WritesPerMinute);
        routes.MapDelete("/v1/policies/{id}", Delete).LimitAddress(WritesPerMinute);
    }

    private static async Task<IResult> Create(GrantsCall call, CreatePolicy create, CancellationToken ct)
    {
        var name = call.Body.Name("name", NameLength);
        if (!call.Body.Has("effect")) call.Body.Refuse("effect", "is required");
        var input = new CreatePolicy.Input(
            name,
            call.Body.WordOrNull<PolicyEffect>("effect") ?? default,
            call.Body.NumberOrNull("priority", int.MinValue, int.MaxValue) ?? 0,
            PolicyFields.Read(call.Body).Over(PolicyTerms.None));
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await create.RunAsync(call.Caller, input, ct)).Created(PolicyShape.Of, GrantsJson.Wire.PolicyShape);
    }

    private static async Task<IResult> List(GrantsCall call, Db db, CancellationToken ct)
    {
        var policies = await PolicyStore.ListAsync(db, call.Caller.Organization, ct);
        return Answers.Ok(new PolicyList(policies.ConvertAll(PolicyShape.Of), policies.Count), GrantsJson.Wire.PolicyList);
    }

    private static async Task<IResult> Get(string id, GrantsCall call, Db db, CancellationToken ct) =>
        await PolicyStore.FindAsync(db, call.Caller.Organization, Ids.Read<Policy>(id), ct) is { } policy
            ? Answers.Ok(PolicyShape.Of(policy), GrantsJson.Wire.PolicyShape)
            : PolicyFailures.NotFound.Answer();

    private static async Task<IResult> Change(string id, GrantsCall call, ChangePolicy change, CancellationToken ct)
    {
        if (!call.Body.IsObject) return Failure.Invalid("The body must be a JSON object").Answer(); // {} is one, and changes the date alone
        var input = new ChangePolicy.Input(
            call.Body.NameOrNull("name", NameLength),
            call.Body.WordOrNull<PolicyEffect>("effect"),
            call.Body.NumberOrNull("priority", int.MinValue, int.MaxValue),
            PolicyFields.Read(call.Body));
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await change.RunAsync(call.Caller, Ids.Read<Policy>(id), input, ct)).Ok(PolicyShape.Of, GrantsJson.Wire.PolicyShape);
    }

    private static async Task<IResult> Delete(string id, GrantsCall call, DeletePolicy delete, CancellationToken ct) =>
        (await delete.RunAsync(call.Caller, Ids.Read<Policy>(id), ct)).Done();

    /// <summary>All of an organization's policies, in the order they are looked at.</summary>
    internal sealed record PolicyList(List<PolicyShape> Policies, int Total);

    /// <summary>A policy as this door shows it; zone and days, which the contract does not have, only where they are set.</summary>
    internal sealed record PolicyShape(
        string Id,
        string Name,
        string Effect,
        int Priority,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? AgentId,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PrincipalId,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] IReadOnlyList<string>? Scopes,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? TimeOfDayStart,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? TimeOfDayEnd,
        string? TimeZone,
        IReadOnlyList<string>? DaysOfWeek,
        string CreatedAt,
        string UpdatedAt)
    {
        public static PolicyShape Of(Policy policy) => new(
            policy.Id.ToString(),
            policy.Name,
            Words.Of(policy.Effect),
            policy.Priority,
            policy.Terms.Agent,
            policy.Terms.Principal,
            policy.Terms.Scopes,
            policy.Terms.Start?.ToString(),
            policy.Terms.End?.ToString(),
            policy.Terms.TimeZone,
            policy.Terms.Days?.Select(day => Words.Of(day)).ToList(),
            policy.CreatedAt.Iso(),
            policy.UpdatedAt.Iso());
    }
}
