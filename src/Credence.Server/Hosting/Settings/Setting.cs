namespace Credence.Server.Hosting.Settings;

/// <summary>One environment variable: what it is called, what it may be, and what it means. Reading it is <see cref="SettingValues"/>'s work.</summary>
internal abstract class Setting(string name)
{
    /// <summary>The variable's name.</summary>
    public string Name => name;

    /// <summary>Other names of the same thing, looked at when the first is not set.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Whether <c>NAME_FILE</c> may name a file that holds the value.</summary>
    public bool OrFile { get; init; }

    /// <summary>Whether the room reads that file itself, because it takes up a replaced one without a restart; then only its name is passed on.</summary>
    public bool FileIsReadByRoom { get; init; }

    /// <summary>What a value looks like, with unit and range.</summary>
    public required string Form { get; init; }

    /// <summary>What holds when it is not set; empty when nothing does. In words, where <see cref="DefaultFrom"/> works it out.</summary>
    public string Default { get; init; } = "";

    /// <summary>Works the default out from other settings.</summary>
    public Func<SettingValues, string?>? DefaultFrom { get; init; }

    /// <summary>When it must be set.</summary>
    public string RequiredWhen { get; init; } = "";

    /// <summary>What it is for, in a sentence.</summary>
    public required string About { get; init; }

    /// <summary>How a secret is shown; null when the value is no secret.</summary>
    public Func<string, string>? Mask { get; init; }

    /// <summary>The text that holds when it is not set; null when nothing does.</summary>
    public string? DefaultText(SettingValues values) => DefaultFrom is not null ? DefaultFrom(values) : Default.Length > 0 ? Default : null;

    /// <summary>Reads a value.</summary>
    /// <exception cref="FormatException">It cannot be taken. The message follows the name in a sentence and never repeats the value.</exception>
    public abstract object? Read(string text);
}

/// <summary>A setting that is read as a <typeparamref name="T"/>.</summary>
internal sealed class Setting<T>(string name, Func<string, T> parse) : Setting(name)
{
    /// <inheritdoc/>
    public override object? Read(string text) => parse(text);
}

/// <summary>Settings that belong together on the documentation page.</summary>
internal sealed record SettingGroup(string Title, IReadOnlyList<Setting> Settings);
