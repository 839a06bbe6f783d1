using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Storage;

namespace Veltrix.Hosting.Storage;

/// <summary>
/// How grain states lie on disk, for ever: JSON. A state is written rarely and read once an activation, so size and speed do not matter; what does is
/// that an operator can read a row with any tool, that it depends on no version of Orleans' wire format, and that a type may be renamed
/// or moved. In return a property's name is its name on disk: it may be added, never renamed. Every option is set here, so that a
/// change of the library's defaults changes nothing.
/// </summary>
public sealed class JsonStateSerializer : IGrainStorageSerializer
{
    public static JsonSerializerOptions Options { get; } = Create();

    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, Options));

    public T Deserialize<T>(BinaryData input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return JsonSerializer.Deserialize<T>(input.ToMemory().Span, Options)
            ?? throw new JsonException($"A stored {typeof(T).Name} is the JSON null.");
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerOptions.Default)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DictionaryKeyPolicy = null,
            PropertyNameCaseInsensitive = false,
            DefaultIgnoreCondition = JsonIgnoreCondition.Never,
            NumberHandling = JsonNumberHandling.Strict,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
            RespectNullableAnnotations = false,
            RespectRequiredConstructorParameters = false,
            IncludeFields = false,
            IgnoreReadOnlyProperties = true,
            WriteIndented = false,
            MaxDepth = 64,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.Converters.Add(new JsonStringEnumConverter());
        options.Converters.Add(new IdConverter<HuntId>(id => id.Value, text => new HuntId(text)));
        options.Converters.Add(new IdConverter<PlayerId>(id => id.Value, text => new PlayerId(text)));
        options.Converters.Add(new IdConverter<SessionId>(id => id.ToString(), text => new SessionId(Guid.ParseExact(text, "N"))));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>An id is a plain string, as a value and as a dictionary's key.</summary>
    private sealed class IdConverter<T>(Func<T, string> write, Func<string, T> read) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => read(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(write(value));

        public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            read(reader.GetString() ?? "");

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WritePropertyName(write(value) ?? "");
    }
}
