namespace Credence.Server.Agents;

/// <summary>Ids at this door: UUIDs of the same 128 bits that other doors write with a prefix; both spellings are taken (design D1).</summary>
internal static class AgentsIds
{
    /// <summary>Reads an id of <typeparamref name="T"/>; null for a text that is none.</summary>
    public static Id<T>? Read<T>(string? text)
        where T : IIdentified
    {
        if (Guid.TryParseExact(text, "D", out var bits)) return new Id<T>(bits);
        return Id<T>.TryParse(text, out var id) ? id : null;
    }
}
