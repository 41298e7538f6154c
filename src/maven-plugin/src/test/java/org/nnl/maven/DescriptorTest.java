package org.nnl.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** What the plugin says of itself: to Maven, to Eclipse, and to its users in {@code src/docs/build.md}. */
class DescriptorTest {
    private static final Path BASE = Path.of(System.getProperty("basedir", "."));

    @Test
    void goalsAreThreadSafeAndEclipseRunsThoseThatGenerate() throws Exception {
        Document plugin = xml("target/classes/META-INF/maven/plugin.xml");
        assertThat(texts(plugin, "/plugin/goalPrefix")).containsExactly("nnl");
        assertThat(texts(plugin, "//mojo/goal")).containsExactlyInAnyOrder("generate", "test-generate", "check", "inspect");
        assertThat(texts(plugin, "//mojo[threadSafe='false']/goal")).isEmpty();
        Document eclipse = xml("src/main/resources/META-INF/m2e/lifecycle-mapping-metadata.xml");
        assertThat(texts(eclipse, "//pluginExecution[action/execute/runOnIncremental='true']//goal"))
                .isEqualTo(texts(plugin, "//mojo[contains(goal, 'generate')]/goal"));
    }

    @Test
    void everyParameterIsDocumentedAndNoOther() throws Exception {
        Document plugin = xml("target/classes/META-INF/maven/plugin.xml");
        String page = Files.readString(BASE.resolve("../docs/build.md"));
        Set<String> documented = new LinkedHashSet<>();
        Set<String> properties = new LinkedHashSet<>();
        for (String line : page.lines().filter(l -> l.startsWith("| `")).toList()) {
            String[] cells = line.split("\\|");
            for (String name : cells[1].split(",")) documented.add(name.strip().replace("`", ""));
            if (!cells[2].isBlank()) properties.add(cells[2].strip().replace("`", ""));
        }
        Set<String> declared = texts(plugin, "//mojo[contains(goal, 'generate')]//parameter[editable='true']/name");
        assertThat(documented).containsExactlyInAnyOrderElementsOf(declared);
        Set<String> expressions = new LinkedHashSet<>();
        for (String e : texts(plugin, "//mojo[contains(goal, 'generate')]/configuration/*[starts-with(text(), '${nnl')]"))
            expressions.add(e.substring(2, e.length() - 1));
        assertThat(properties).containsExactlyInAnyOrderElementsOf(expressions);
    }

    private static Document xml(String file) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(BASE.resolve(file).toFile());
    }

    private static Set<String> texts(Document document, String path) throws Exception {
        XPath xpath = XPathFactory.newInstance().newXPath();
        NodeList nodes = (NodeList) xpath.evaluate(path, document, XPathConstants.NODESET);
        Set<String> all = new LinkedHashSet<>();
        for (int i = 0; i < nodes.getLength(); i++) all.add(nodes.item(i).getTextContent().strip());
        return all;
    }
}
