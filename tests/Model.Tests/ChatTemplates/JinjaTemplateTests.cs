using MoR.Cluster.Errors;
using MoR.Cluster.Random;
using MoR.Model.ChatTemplates;

namespace MoR.Model.Tests.ChatTemplates;

/// <summary>The language of chat templates.</summary>
public sealed class JinjaTemplateTests
{
    private static readonly ChatMessage[] Messages =
        [new("system", " be kind "), new("user", "Hi"), new("assistant", "Yo"), new("user", "Bye")];

    /// <summary>Templates and what Jinja 3.1.6 makes of them, set as transformers sets it for chat templates.</summary>
    public static TheoryData<string, string> Renderings => new()
    {
        { "a\n{% if true %}\nb\n{% endif %}\nc\n", "a\nb\nc" },
        { "a\n   {% if true %}\n  b\n   {% endif %}\nc", "a\n  b\nc" },
        { "a\n   {%+ if true %}\n  b\n   {% endif +%}\nc", "a\n     b\n\nc" },
        { "x  {%- if true -%}  y  {%- endif -%}  z", "xyz" },
        { "x \n {{- 'y' -}} \n z", "xyz" },
        { "x {{ 'y' }}\nz\n\n", "x y\nz\n" },
        { "x {# note #}\ny {#- note -#} z", "x yz" },
        { "  {# note #}\n  {{ 1 }}  \n  {% set a = 1 %}\n{{ a }}", "  1  \n1" },
        { "{{ 'it\\'s' ~ \"\\n\" ~ 'tab\\tend' ~ \"\\u00e9\\x41\" ~ 'c:\\q' }}", "it's\ntab\tend\u00e9Ac:\\q" },
        { "{{ 'a' 'b' }}{{ 1.5 }}{{ 2.0 }}{{ true }}{{ none }}{{ False }}", "ab1.52.0TrueNoneFalse" },
        { "{{ [1, 2][0] }}{{ (1, 2)[1] }}{{ {'a': 3}.a }}{{ {'a': {'b': 4}}['a']['b'] }}", "1234" },
        {
            "{{ 1 + 2 * 3 }} {{ (1 + 2) * 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 - 5 }}",
            "7 9 3 -4 2 3.5 -3"
        },
        { "{{ 1 ~ 2 ~ 'x' }}", "12x" },
        {
            "{{ 1 < 2 }} {{ 1 < 2 < 3 }} {{ 3 > 2 > 2 }} {{ 'a' < 'b' }} {{ 1 == 1.0 }} {{ 'a' != 'b' }} {{ 1 =="
            + " '1' }}",
            "True True False True True True False"
        },
        {
            "{{ 'b' in 'abc' }} {{ 'z' not in 'abc' }} {{ 2 in [1, 2] }} {{ 'role' in messages[0] }} {{ not 'x' "
            + "in 'abc' }}",
            "True True True True True"
        },
        {
            "{{ '' or 'x' }} {{ 'y' and 'z' }} {{ 0 and 1 }} {{ none or false }} {{ not '' }} {{ not not 1 }}",
            "x z 0 False True True"
        },
        { "{{ 'a' if 1 > 2 else 'b' }}{{ 'c' if false }}{{ 'd' if true else 1 / 0 }}", "bd" },
        { "{{ 1 if false else 2 if false else 3 }}", "3" },
        {
            "{{ messages[0].role }}{{ messages[-1]['content'] }}{{ messages[9] }}{{ messages[0].nothing }}",
            "systemBye"
        },
        {
            "{% for m in messages[1:] %}{{ m.role[0] }}{% endfor %}|{{ 'abcdef'[1:4] }}|{{ 'abcdef'[::-1] }}|{{ "
            + "'abcdef'[-2:] }}|{{ 'abcdef'[:-2] }}|{{ 'abcdef'[::2] }}|{{ 'abc'[5:1] }}|{{ 'abcdef'[4:1:-1] }}",
            "uau|bcd|fedcba|ef|abcd|ace||edc"
        },
        {
            "{{ messages[0].content.strip() }}|{{ ' a '.lstrip() }}|{{ 'xax'.rstrip('x') }}|{{ 'abc'.startswith("
            + "'ab') }}|{{ 'abc'.endswith('ab') }}",
            "be kind|a |xa|True|False"
        },
        {
            "{{ 'a</t>b</t>c'.split('</t>')[-1] }}|{{ 'a b  c'.split() | length }}|{{ 'a,b,c'.split(',', 1)[1] }"
            + "}|{{ 'aXbX'.replace('X', '-') }}",
            "c|3|b,c|a-b-"
        },
        {
            "{{ messages[0].get('role') }}{{ messages[0].get('x', 'y') }}{% for k, v in messages[1].items() %}[{"
            + "{ k }}={{ v }}]{% endfor %}",
            "systemy[role=user][content=Hi]"
        },
        {
            "{{ messages[0]['content'] | trim }}|{{ 'aB' | upper }}|{{ 'aB' | lower }}|{{ messages | length }}|{"
            + "{ 'abc' | length }}|{{ messages | count }}",
            "be kind|AB|ab|4|3|4"
        },
        {
            "{{ x | default('d') }}|{{ '' | default('d') }}|{{ '' | default('d', true) }}|{{ none | default('d')"
            + " }}|{{ x is defined }}|{{ messages is defined }}|{{ x is not defined }}|{{ tools is none }}|{{ tool"
            + "s is not none }}",
            "d||d|None|False|True|True|True|False"
        },
        {
            "{{ ['a', 'b'] | join(', ') }}|{{ ['a', 'b'] | first }}|{{ ['a', 'b'] | last }}|{{ '12' | int + 1 }}"
            + "|{{ 5 | string + 'x' }}",
            "a, b|a|b|13|5x"
        },
        {
            "{{ messages | selectattr('role', 'equalto', 'user') | list | length }}|{{ messages | rejectattr('ro"
            + "le', 'equalto', 'user') | list | length }}|{{ (messages | selectattr('content') | list)[1].role }}",
            "2|2|user"
        },
        {
            "{{ 'a' is string }} {{ 1 is number }} {{ messages is iterable }} {{ messages[0] is mapping }} {{ me"
            + "ssages is sequence }} {{ true is boolean }} {{ 3 is odd }} {{ 4 is even }} {{ 4 is divisibleby 2 }}"
            + " {{ 4 is divisibleby(3) }} {{ 1 is eq 1 }} {{ 1 is in [1] }}",
            "True True True True True True True True True False True True"
        },
        { "{{ 'a' is string and 1 is not string }}|{{ not x is defined }}", "True|True" },
        { "{{ 'a,b' | replace(',', ';') }}|{{ {'a': 1} | items | list | length }}", "a;b|1" },
        { "{% if messages[0].role == 'user' %}u{% elif messages[0].role == 'system' %}s{% else %}o{% endif %}", "s" },
        {
            "{% for m in messages %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ loop.leng"
            + "th }}{{ loop.revindex }} {% endfor %}",
            "10TrueFalse44 21FalseFalse43 32FalseFalse42 43FalseTrue41 "
        },
        {
            "{% for m in messages if m.role == 'user' %}{{ loop.index }}{{ m.content }}{% else %}none{% endfor %"
            + "}|{% for m in [] %}x{% else %}none{% endfor %}",
            "1Hi2Bye|none"
        },
        {
            "{% for m in messages %}{% if loop.previtem is defined and loop.previtem.role == m.role %}same{% end"
            + "if %}{% if loop.nextitem is defined %}>{{ loop.nextitem.role }}{% endif %}{% endfor %}",
            ">user>assistant>user"
        },
        { "{% set x = 1 %}{% for i in range(3) %}{% set x = x + i %}{{ x }}{% endfor %}{{ x }}", "1231" },
        {
            "{% set ns = namespace(n=0, found=false) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{% if m.r"
            + "ole == 'user' %}{% set ns.found = true %}{% endif %}{% endfor %}{{ ns.n }}{{ ns.found }}",
            "4True"
        },
        {
            "{% if true %}{% set y = 5 %}{% endif %}{{ y }}|{% for i in range(2, 4) %}{{ i }}{% endfor %}|{% for"
            + " c in 'ab' %}<{{ c }}>{% endfor %}|{% for k in {'p': 1, 'q': 2} %}{{ k }}{% endfor %}",
            "5|23|<a><b>|pq"
        },
        {
            "{% for m in messages %}{% for c in m.content %}{{ loop.index }}{% endfor %}{{ loop.index }};{% endf"
            + "or %}",
            "1234567891;122;123;1234;"
        },
        {
            "{{ undefined_thing }}{{ undefined_thing ~ 'x' }}{% if undefined_thing %}y{% endif %}{% for i in und"
            + "efined_thing %}z{% endfor %}",
            "x"
        },
        { "{% for a, b in [[1, 2], [3, 4]] %}{{ a * b }} {% endfor %}", "2 12 " },
        {
            "{{ messages[0]['role'] == 'system' and messages[1:][0]['role'] == 'user' }}{{ (messages[1]['role'] "
            + "== 'user') != (loop_index % 2 == 0) if false else 'ok' }}",
            "Trueok"
        },
        {
            "{{ bos_token + 'x' + eos_token }}{% if add_generation_prompt and messages[-1]['role'] != 'assistant"
            + "' %}go{% endif %}",
            "<s>x</s>go"
        },
        { "{{ strftime_now is defined }}{{ raise_exception is defined }}", "FalseTrue" },
        { "{{ '\u00e9\u20ac\ud83d\ude00'[1] }}{{ '\ud83d\ude00x' | length }}{{ '\ud83d\ude00x'[1:] }}", "\u20ac2x" },
    };

    public static TheoryData<string, string> Refusals => new()
    {
        {
            "a\n{% macro f(x) %}x{% endmacro %}",
            "t.jinja, line 2: the statement 'macro' is not supported (supported: if, for, set, generation)"
        },
        { "{% include 'x' %}", "line 1: the statement 'include' is not supported" },
        { "{% raw %}x{% endraw %}", "line 1: the statement 'raw' is not supported" },
        { "{% for m in messages %}\n{% break %}{% endfor %}", "line 2: the statement 'break' is not supported" },
        { "{% set x %}y{% endset %}", "line 1: a set without '=' is not supported" },
        { "{% for m in messages recursive %}{% endfor %}", "a recursive for is not supported" },
        { "\n\n{{ messages | tojson }}", "line 3: the filter 'tojson' is not supported (supported: count, default" },
        { "{{ messages is callable }}", "line 1: the test 'callable' is not supported" },
        { "{{ 'x'.title() }}", "line 1: the method 'title' of a string is not supported" },
        { "{{ messages[0].pop('role') }}", "the method 'pop' of a mapping is not supported" },
        { "{{ messages.append(1) }}", "the method 'append' of a list is not supported" },
        {
            "{{ strftime_now('%d') }}",
            "line 1: the function 'strftime_now' is not supported (supported: raise_exception, namespace, range)"
        },
        { "{{ 2 ** 3 }}", "the operator '**' is not supported" },
        { "{{ 'x' | trim(side='l') }}", "the argument 'side' is not supported (supported: chars)" },
        { "{{ {1: 2} }}", "a mapping's key that is no string is not supported" },
        { "{{ messages }}", "line 1: a list cannot be written as text" },
        { "{{ messages[0] }}", "a mapping cannot be written as text" },
        { "{{ nothing.role }}", "'nothing', which is not defined, is asked for its member 'role'" },
        { "{{ messages[7].role }}", "'element 7', which is not defined, is asked for its member 'role'" },
        { "{{ 'a' + 1 }}", "'+' does not go with a string and a number" },
        { "{{ 1 < 'a' }}", "'<' does not go with a number and a string" },
        { "{{ 1 in 2 }}", "a number cannot be looked for in a number" },
        { "{{ 1 // 0 }}", "'//' divides by 0" },
        { "{% for x in 5 %}{% endfor %}", "a number has no items to go over" },
        { "{% for a, b in [[1]] %}{% endfor %}", "an item of 1 values is taken apart into 2 names" },
        { "{% set messages.x = 1 %}", "'messages' is a list, and only a namespace's members can be set" },
        { "{{ 'abc'[::0] }}", "the step of a slice is 0" },
        { "{{ 'abc'['a':] }}", "a bound of a slice is a string, and a whole number is needed" },
        { "{% if true %}\nx", "line 1: if has no {% endif %}" },
        { "{% for x in [] %}{% if x %}{% endfor %}", "line 1: {% endfor %} closes nothing" },
        { "{% endif %}", "{% endif %} closes nothing" },
        { "{{ 'x", "the string that ' begins is not closed" },
        { "{{ x", "'{{' is not closed" },
        { "x {# y", "'{#' is not closed" },
        { "{{ }}", "'}}' stands where a value is needed" },
        { "{{ x y }}", "'y' stands where '}}' is needed" },
        { "{{ x ? }}", "the character '?' has no meaning inside a tag" },
        { "{% set x = 1 %}\n{{ [1, x }}", "line 2: '{{' is not closed" },
        { "{{ 99999999999999999999 }}", "the number 99999999999999999999 is too large" },
    };

    [Theory]
    [MemberData(nameof(Renderings))]
    public void A_template_gives_what_jinja_gives(string template, string expected) =>
        Assert.Equal(expected, Render(template));

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_cannot_be_done_is_refused_by_name_with_its_line(string template, string expected)
    {
        InputException error = Assert.Throws<InputException>(() => Render(template));

        Assert.StartsWith("t.jinja", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_unsupported_may_stand_where_it_is_not_reached() =>
        Assert.Equal("x", Render("{% if tools %}{{ tools | tojson }}{{ f(1) }}{% endif %}x"));

    [Fact]
    public void A_generation_block_writes_what_is_in_it() =>
        Assert.Equal("aYob", Render("a{% generation %}{{ messages[2].content }}{% endgeneration %}b"));

    [Theory]
    [InlineData("{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}", "more than 2000000 steps")]
    [InlineData(
        "{% set ns = namespace(s='xx') %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
        "more than 2000000 steps")]
    [InlineData("{{ range(10000000) }}", "a range of 10000000 numbers is longer than 10000")]
    public void A_template_that_does_not_end_is_stopped(string template, string expected) =>
        Assert.Contains(expected, Assert.Throws<InputException>(() => Render(template)).Message, StringComparison.Ordinal);

    [Fact]
    public void Deep_templates_are_refused_before_the_stack_ends()
    {
        string brackets = "{{ " + new string('(', 5_000) + "1" + new string(')', 5_000) + " }}";
        string sums = "{{ 1" + string.Concat(Enumerable.Repeat(" + 1", 5_000)) + " }}";
        string ifs = string.Concat(Enumerable.Repeat("{% if 1 %}", 5_000));

        Assert.Contains("more than 100 deep", Failure(brackets), StringComparison.Ordinal);
        Assert.Contains("more than 400 operations deep", Failure(sums), StringComparison.Ordinal);
        Assert.Contains("more than 100 deep", Failure(ifs), StringComparison.Ordinal);

        static string Failure(string template) => Assert.Throws<InputException>(() => Render(template)).Message;
    }

    [Fact]
    public void A_damaged_template_is_rendered_or_refused()
    {
        const string template = "{% set ns = namespace(n=0) %}{%- for m in messages[1:] -%}\n  {% if m['role'] == 'user' and not"
            + " loop.first %}{{ '<u>' + m.content | trim ~ \"</u>\" }}{% elif m.role in ['a', 'b'] %}{% else %}{# x #}{% set ns.n ="
            + " ns.n + loop.index0 * -2 %}{% endif %}\n{%- endfor %}{{ ns.n if add_generation_prompt else eos_token }}";
        const int mutations = 2_000;
        int refused = 0;
        for (ulong mutation = 0; mutation < mutations; mutation++)
        {
            string text = Mutate(template, new CounterRandom(7, mutation));
            Exception? error = Record.Exception(() => Render(text));

            Assert.True(error is null or InputException, $"seed 7, mutation {mutation}: {text}: {error}");
            refused += error is null ? 0 : 1;
        }

        Assert.InRange(refused, mutations / 10, mutations - 1);
    }

    private static string Render(string template) => ChatTemplate.Parse(
        template,
        "t.jinja",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["bos_token"] = "<s>", ["eos_token"] = "</s>" })
        .Render(Messages, addGenerationPrompt: true);

    private static string Mutate(string original, CounterRandom random)
    {
        var text = new System.Text.StringBuilder(original);
        int edits = 1 + random.NextBelow(3);
        for (int edit = 0; edit < edits; edit++)
        {
            int at = random.NextBelow(text.Length);
            switch (random.NextBelow(3))
            {
                case 0:
                    text[at] = original[random.NextBelow(original.Length)];
                    break;
                case 1:
                    text.Remove(at, Math.Min(text.Length - at - 1, 1 + random.NextBelow(6)));
                    break;
                default:
                    text.Insert(at, original.AsSpan(random.NextBelow(original.Length - 8), 8));
                    break;
            }
        }

        return text.ToString();
    }
}
