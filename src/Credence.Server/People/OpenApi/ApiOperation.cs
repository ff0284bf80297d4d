using System.Text.Json.Nodes;
using Credence.Server.Doors;
using Microsoft.AspNetCore.WebUtilities;

namespace Credence.Server.People.OpenApi;

/// <summary>One operation of the document.</summary>
internal static class ApiOperation
{
    /// <summary>The names of the two ways to prove who calls.</summary>
    public const string Bearer = "bearer", Basic = "basic";

    /// <summary>Writes it.</summary>
    /// <param name="route">The route.</param>
    /// <param name="method">The method.</param>
    /// <param name="said">What the file says: summary, tag, query, body, the shape of each good answer, and which refusals it has besides the usual ones.</param>
    public static JsonObject Write(RouteEndpoint route, string method, JsonObject said)
    {
        var operation = new JsonObject
        {
            ["operationId"] = Name(method, route.RoutePattern.RawText!),
            ["summary"] = (string?)said["summary"] ?? "",
            ["tags"] = new JsonArray((string?)said["tag"] ?? "Other"),
        };
        JsonNode?[] parameters =
        [
            .. route.RoutePattern.Parameters.Select(parameter => Parameter(parameter.Name, "path")),
            .. Texts(said, "query").Select(name => Parameter(name, "query")),
        ];
        if (parameters.Length > 0) operation["parameters"] = new JsonArray(parameters);
        if ((string?)said["body"] is { } body)
        {
            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(body) };
        }

        operation["responses"] = Answers(route, said);
        operation["security"] = Security(route.Metadata);
        if (route.Metadata.GetMetadata<NeedsPermission>() is { } needed) operation["description"] = $"Needs {needed.Resource}.{needed.Action}.";
        return operation;
    }

    private static JsonObject Answers(RouteEndpoint route, JsonObject said)
    {
        var answers = new JsonObject();
        foreach (var (status, shape) in said)
        {
            if (!char.IsAsciiDigit(status[0])) continue;
            var answer = new JsonObject { ["description"] = ReasonPhrases.GetReasonPhrase(int.Parse(status)) };
            if ((string?)shape is { Length: > 0 } name) answer["content"] = Content(name);
            answers[status] = answer;
        }

        foreach (var status in Refusals(route, said).Order())
        {
            answers[status.ToString()] ??= new JsonObject { ["description"] = ReasonPhrases.GetReasonPhrase(status), ["content"] = Content("Error") };
        }

        return answers;
    }

    private static HashSet<int> Refusals(RouteEndpoint route, JsonObject said)
    {
        HashSet<int> refusals = said["also"] is JsonArray also ? [.. also.Select(status => (int)status!)] : [];
        var facts = route.Metadata;
        if (facts.GetMetadata<NeedsNoToken>() is null) refusals.Add(StatusCodes.Status401Unauthorized);
        if (facts.GetMetadata<NeedsPermission>() is not null) refusals.Add(StatusCodes.Status403Forbidden);
        if (route.RoutePattern.Parameters.Count > 0) refusals.Add(StatusCodes.Status404NotFound);
        if (said.ContainsKey("body") || said.ContainsKey("query")) refusals.Add(StatusCodes.Status422UnprocessableEntity);
        if (facts.GetMetadata<IsUncounted>() is null) refusals.UnionWith([StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable]);
        return refusals;
    }

    private static JsonArray Security(EndpointMetadataCollection facts)
    {
        if (facts.GetMetadata<NeedsNoToken>() is not null) return [];
        string[] proofs = facts.GetMetadata<NeedsBasic>() is not null ? [Basic] : facts.GetMetadata<TakesBasic>() is not null ? [Bearer, Basic] : [Bearer];
        return [.. proofs.Select(proof => new JsonObject { [proof] = new JsonArray() })];
    }

    private static JsonObject Parameter(string name, string place) => new()
    {
        ["name"] = name,
        ["in"] = place,
        ["required"] = place == "path",
        ["schema"] = new JsonObject { ["type"] = "string" },
    };

    private static JsonObject Content(string shape) => shape == "html"
        ? new JsonObject { ["text/html"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } } }
        : new JsonObject { ["application/json"] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = $"#/components/schemas/{shape}" } } };

    private static IEnumerable<string> Texts(JsonObject said, string name) => said[name] is JsonArray texts ? texts.Select(text => (string)text!) : [];

    /// <summary><c>postAuthSignUp</c> for <c>POST /v1/api/identity/auth/sign-up</c>.</summary>
    private static string Name(string method, string path)
    {
        var words = path.Replace(PeopleDoor.Base, "", StringComparison.Ordinal).Split(['/', '-', '.', '{', '}'], StringSplitOptions.RemoveEmptyEntries);
        return method.ToLowerInvariant() + string.Concat(words.Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }
}
