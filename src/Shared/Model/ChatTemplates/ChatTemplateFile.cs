using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using MoR.Cluster.Errors;
using MoR.Model.Tokenizers.Json;

namespace MoR.Model.ChatTemplates;

/// <summary>
/// Finds a backbone's chat template where Hugging Face's libraries keep it: in <c>chat_template.jinja</c>, else in
/// <c>tokenizer_config.json</c> as <c>chat_template</c>, a string or a list of named ones, of which <c>default</c>
/// counts. The special tokens that it can name are in <c>tokenizer_config.json</c>, as strings or as objects.
/// </summary>
internal static class ChatTemplateFile
{
    private const string ConfigName = "tokenizer_config.json";
    private const string TemplateName = "chat_template.jinja";
    private const string Default = "default";
    private const int MostBytes = 16 << 20; // far above any real one; a stray file of weights is not read whole
    private static readonly string[] TokenNames =
        ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    public static ChatTemplate Read(string folder)
    {
        var configFile = Path.Combine(folder, ConfigName);
        using var document = ReadConfig(configFile);
        var config = new JsonPart(document?.RootElement ?? default, "", configFile);
        var tokens = document is null ? [] : Tokens(config);
        var templateFile = Path.Combine(folder, TemplateName);
        if (File.Exists(templateFile))
        {
            return ChatTemplate.Parse(Encoding.UTF8.GetString(ReadFile(templateFile)), templateFile, tokens);
        }

        return document is not null && config.Find("chat_template") is { } part
            ? ChatTemplate.Parse(Chosen(part), $"{configFile} at chat_template", tokens)
            : throw new InputException(
                configFile,
                $"it has no chat_template, and there is no {TemplateName} beside it",
                "Use a backbone that was tuned for conversations, or leave chat out.");
    }

    private static Dictionary<string, string> Tokens(JsonPart config)
    {
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in TokenNames)
        {
            if (config.Find(name) is { } token)
            {
                tokens[name] = token.Kind == JsonValueKind.Object ? token.Get("content").Text() : token.Text();
            }
        }

        return tokens;
    }

    private static string Chosen(JsonPart part)
    {
        if (part.Kind == JsonValueKind.String)
        {
            return part.Text();
        }

        var named = part.Items().Select(item => (Name: item.Get("name").Text(), Template: item.Get("template"))).ToList();
        var chosen = named.Where(item => item.Name == Default).Concat(named.Count == 1 ? named : []).FirstOrDefault();
        return chosen.Name is not null ? chosen.Template.Text() : throw part.Error(
            $"none of the templates ({string.Join(", ", named.Select(item => item.Name))}) is named \"{Default}\"",
            $"Name one of them \"{Default}\".");
    }

    private static JsonDocument? ReadConfig(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(ReadFile(file));
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw new InputException(
                file, "it is not a JSON object", "Download the file again.");
        }
        catch (JsonException cause)
        {
            throw new InputException(
                file, $"it is not valid JSON ({cause.Message.TrimEnd('.')})", "Download the file again.", cause);
        }
    }

    private static byte[] ReadFile(string file)
    {
        try
        {
            var content = new FileInfo(file).Length > MostBytes ? null : File.ReadAllBytes(file);
            if (content is null || !Utf8.IsValid(content))
            {
                throw new InputException(
                    file,
                    content is null ? $"it is larger than {MostBytes} bytes" : "it is not UTF-8",
                    "Download the file again.");
            }

            return content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? content[3..] : content;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                file, $"it cannot be read ({cause.Message.TrimEnd('.')})", "Check that you may read it.", cause);
        }
    }
}
