namespace Credence.Server.Hosting.Settings;

/// <summary>Where a value came from.</summary>
internal enum SettingSource
{
    /// <summary>Nobody set it.</summary>
    Default,

    /// <summary>The environment.</summary>
    Environment,

    /// <summary>A file that the environment names.</summary>
    File,
}

/// <summary>The settings of this process, read once from the environment (design D12). A variable set to nothing counts as not set.</summary>
internal sealed class SettingValues
{
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly Dictionary<Setting, SettingValue> _values = [];

    private SettingValues(IReadOnlyDictionary<string, string> environment) => _environment = environment;

    /// <summary>What the forward-auth door runs on without a database; null where there is one.</summary>
    public LegacyMode? Legacy { get; private init; }

    /// <summary>Reads every setting of <see cref="AllSettings"/>, well-formed or not.</summary>
    public static SettingValues Read(IReadOnlyDictionary<string, string> environment)
    {
        var values = new SettingValues(environment);
        foreach (var setting in AllSettings.List) values.Find(setting);
        return values;
    }

    /// <summary>The same settings, for a server that runs on <paramref name="legacy"/>.</summary>
    public SettingValues On(LegacyMode legacy)
    {
        var environment = new Dictionary<string, string>(_environment, StringComparer.Ordinal)
        {
            [StoreSettings.DatabaseUrl.Name] = legacy.DatabaseUrl,
            [StoreSettings.RedisUrl.Name] = StoreSettings.Embedded,
        };
        return new SettingValues(environment) { Legacy = legacy };
    }

    /// <summary>The value; the default when it is malformed, which stops the start anyhow.</summary>
    public T Of<T>(Setting<T> setting) => (T)Find(setting).Value!;

    /// <summary>Whether somebody set it, under any of its names.</summary>
    public bool IsSet(Setting setting) => Find(setting).Source != SettingSource.Default;

    /// <summary>The setting as it was read.</summary>
    public SettingValue Find(Setting setting)
    {
        if (!_values.TryGetValue(setting, out var value)) _values[setting] = value = Resolve(setting);
        return value;
    }

    private SettingValue Resolve(Setting setting)
    {
        foreach (var name in setting.Aliases.Prepend(setting.Name))
        {
            var text = Variable(name);
            var file = setting.OrFile ? Variable(name + "_FILE") : null;
            if (text is null && file is null) continue;
            var source = text is null ? SettingSource.File : SettingSource.Environment;
            var found = new SettingValue(setting, source, text, file, null, null);
            if (setting.FileIsReadByRoom) return found with { Value = text };
            if (text is not null && file is not null) return Malformed(found, $"{name} and {name}_FILE are both set: keep one");
            return ReadText(found, name);
        }

        return WithDefault(new SettingValue(setting, SettingSource.Default, null, null, null, null));
    }

    private SettingValue ReadText(SettingValue found, string name)
    {
        try
        {
            var text = found.Text ?? File.ReadAllText(found.File!).Trim();
            return found with { Text = text, Value = found.Setting.Read(text) };
        }
        catch (FormatException malformed)
        {
            return Malformed(found, $"{name}{(found.File is null ? "" : "_FILE")} {malformed.Message}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Malformed(found, $"{name}_FILE names a file that cannot be read");
        }
    }

    /// <summary>The start stops at it; until then the default stands in, so that every other problem is found too.</summary>
    private SettingValue Malformed(SettingValue found, string problem) => WithDefault(found) with { Problem = problem };

    private SettingValue WithDefault(SettingValue found)
    {
        var text = found.Setting.DefaultText(this);
        return found with { Text = text, Value = text is null ? null : found.Setting.Read(text) };
    }

    private string? Variable(string name) =>
        _environment.TryGetValue(name, out var text) && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
}

/// <summary>A setting as it was found.</summary>
/// <param name="Setting">Which.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Text">Its text, or the default's; null when there is none.</param>
/// <param name="File">The file that holds it.</param>
/// <param name="Value">What the text means.</param>
/// <param name="Problem">Why it cannot be taken, beginning with its name; never its value.</param>
internal sealed record SettingValue(Setting Setting, SettingSource Source, string? Text, string? File, object? Value, string? Problem)
{
    /// <summary>The effective value for people to see, secrets masked.</summary>
    public string Shown
    {
        get
        {
            if (Problem is not null) return "[malformed]";
            var shown = Text is not null && Setting.Mask is { } mask ? mask(Text) : Text ?? "";
            return File is null ? shown : $"{(Text is null ? "[secret]" : shown)} from {File}";
        }
    }
}
