namespace Credence.State;

/// <summary>Texts that this process keeps for a while: the embedded state's cache. Past a bound all are forgotten, since they can be made again.</summary>
internal sealed class LocalTexts
{
    private const int Most = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Text, DateTimeOffset Until)> _texts = new(StringComparer.Ordinal);

    /// <summary>Keeps one.</summary>
    public void Keep(string key, string text, DateTimeOffset until, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_texts.Count >= Most)
            {
                foreach (var (old, kept) in _texts)
                {
                    if (kept.Until <= now) _texts.Remove(old);
                }

                if (_texts.Count >= Most) _texts.Clear();
            }

            _texts[key] = (text, until);
        }
    }

    /// <summary>The text of a key, or null.</summary>
    public string? Find(string key, DateTimeOffset now)
    {
        lock (_gate) return _texts.TryGetValue(key, out var kept) && kept.Until > now ? kept.Text : null;
    }
}
