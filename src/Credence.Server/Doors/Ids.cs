namespace Credence.Server.Doors;

/// <summary>Ids in paths and bodies.</summary>
internal static class Ids
{
    /// <summary>Reads an id. A text that is none is given as the id of nothing, so that the operation answers it as it answers any unknown one.</summary>
    public static Id<T> Read<T>(string text)
        where T : IIdentified => Id<T>.TryParse(text, out var id) ? id : default;
}
