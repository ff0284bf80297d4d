using System.Text.Json;
using Credence.Agents;

namespace Credence.Tokens;

/// <summary>Whose authority a token carries and through whom it came, as its claims <c>sub</c> and <c>act</c> (RFC 8693 4.1): who holds it is outermost.</summary>
internal static class ActorChain
{
    /// <summary>Writes <c>act</c>; <c>sub</c>, the first of the parties, is the caller's to write.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<Id<Agent>> parties)
    {
        for (var at = parties.Count - 1; at > 0; at--)
        {
            json.WriteStartObject("act");
            json.WriteString("sub", parties[at].Value);
        }

        for (var at = parties.Count - 1; at > 0; at--) json.WriteEndObject();
    }

    /// <summary>Reads both: first the agent whose authority it is, last the one that holds it; the former alone where there is no <c>act</c>.</summary>
    public static IReadOnlyList<Id<Agent>> Read(JsonElement claims)
    {
        var actors = new List<Id<Agent>>();
        var link = claims;
        while (link.TryGetProperty("act", out link)) actors.Add(new Id<Agent>(link.GetProperty("sub").GetGuid()));
        actors.Add(new Id<Agent>(claims.GetProperty("sub").GetGuid()));
        actors.Reverse();
        return actors;
    }
}
