using Credence.Roles;
using Credence.Server.Doors;
using Credence.Telemetry;

namespace Credence.Server.People;

/// <summary><c>POST /policy-definitions/check</c>: may somebody do something (contract identity ID-48)? Sister services ask about anybody, people about themselves.</summary>
internal static class PolicyCheckApi
{
    private const int Most = 100;

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost(PeopleDoor.Base + "/policy-definitions/check", Check).WithMetadata(new TakesBasic());

    private static async Task<IResult> Check(PeopleCall call, CheckAccess access, Metrics metrics, CancellationToken ct)
    {
        if (ActiveDomain.Read(call) is { } malformed) return malformed;
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var items = call.ItemsOrNull(Most);
        var questions = (items ?? [call.Body]).Select(fields => QuestionOf(fields, call.Domain)).ToList();
        if (call.Invalid() is { } invalid) return invalid;
        if (!await MayAskAsync(call, questions, access, ct)) return RoleFailures.Forbidden.Answer();

        var answers = new List<Checked>(questions.Count);
        foreach (var question in questions)
        {
            var allowed = await access.AllowsAsync(question, ct);
            metrics.PolicyChecked(allowed);
            answers.Add(new Checked(allowed));
        }

        return items is null ? PeopleAnswers.Ok(answers[0], PeopleJson.Wire.Checked) : PeopleAnswers.Ok(answers, PeopleJson.Wire.IReadOnlyListChecked);
    }

    private static AccessQuestion QuestionOf(Fields fields, string domain) =>
        new(fields.Text("subject", 80), fields.TextOrNull("domain", 80) ?? domain, fields.Text("object", 80), fields.Text("action", 80));

    private static async ValueTask<bool> MayAskAsync(PeopleCall call, List<AccessQuestion> questions, CheckAccess access, CancellationToken ct)
    {
        if (!call.IsPerson) return true;
        var self = Subject.User(call.Claims.Person).ToString();
        var others = questions.Where(question => question.Subject != self).ToList();
        return others.Count == 0
            || (others.TrueForAll(question => KeyMatch.Matches(question.Domain, call.Domain))
                && await access.AllowsAsync(new AccessQuestion(self, call.Domain, PolicyDefinitionStore.Resource, "read"), ct));
    }

    /// <summary>The answer to one question.</summary>
    internal sealed record Checked(bool Allowed);
}
