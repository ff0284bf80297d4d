using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json.Serialization;

namespace Credence.Storage;

/// <summary>Enum members as the words the store and the wire use: <c>InFlight</c> is <c>in_flight</c>.</summary>
public static class Words
{
    private static readonly ConcurrentDictionary<Enum, string> Spelled = new(); // long answers ask for the same few again and again

    /// <summary>The word for a member.</summary>
    public static string Of(Enum member) => Spelled.GetOrAdd(member, Spell);

    /// <summary>The member for a word, in exactly the spelling <see cref="Of"/> gives; null for any other text.</summary>
    public static TEnum? Find<TEnum>(string? word)
        where TEnum : struct, Enum => word is not null && Members<TEnum>.ByWord.TryGetValue(word, out var member) ? member : null;

    private static string Spell(Enum member)
    {
        var name = member.ToString();
        var word = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && word.Length > 0) word.Append('_');
            word.Append(char.ToLowerInvariant(letter));
        }

        return word.ToString();
    }

    private static class Members<TEnum>
        where TEnum : struct, Enum
    {
        public static readonly FrozenDictionary<string, TEnum> ByWord = Enum.GetValues<TEnum>().ToFrozenDictionary(member => Of(member), StringComparer.Ordinal);
    }
}

/// <summary>JSON kept in columns.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class StorageJson : JsonSerializerContext;
