package dev.espora.bench.search;

import java.util.List;
import java.util.random.RandomGenerator;

/** What people are made of. Entries at the front of a list are chosen most often. */
record Names(List<String> all) {
  static final Names FIRST =
      of(
          """
          Maria Ana Francisco Carlos Paulo Pedro Lucas Luiz Marcos Gabriel Rafael Francisca Daniel
          Marcelo Bruno Eduardo Felipe Rodrigo Manoel Mateus Fernanda Juliana Patricia Aline Sandra
          Camila Amanda Bruna Jessica Leticia Julia Luciana Vanessa Mariana Gabriela Vera Vitoria
          Larissa Claudia Beatriz Rita Luana Sonia Renata Eliane Josefa Simone Natalia Cristiane Carla
          Debora Rosangela Jaqueline Rosa Daniela Aparecida Marlene Terezinha Raimunda Andreia Fabiana
          Lucia Raquel Angela Rafaela Joana Luzia Elaine Daniele Tereza Fernando Jorge Gustavo Roberto
          Sergio Ricardo Vitor Leandro Anderson Diego Alexandre Matheus Thiago Leonardo Guilherme
          Henrique Vinicius Fabio Murilo Otavio Renan Samuel Heitor Caio Igor Hugo Ivo Zuleica Wagner
          """);

  static final Names FIRST_ACCENTED =
      of(
          """
          José João Antônio Márcia Letícia Júlia Luís Sérgio Fábio Cláudia Sônia Débora Mônica Inês
          Andréia Zoë Søren Åsa Jürgen Noël Chloé Łukasz Živa
          """);

  static final Names LAST =
      of(
          """
          Silva Santos Oliveira Souza Rodrigues Ferreira Alves Pereira Lima Gomes Costa Ribeiro Martins
          Carvalho Almeida Lopes Soares Fernandes Vieira Barbosa Rocha Dias Nascimento Andrade Moreira
          Nunes Marques Machado Mendes Freitas Cardoso Ramos Santana Teixeira Borges Campos Batista Reis
          Moura Pinto Monteiro Correia Castro Farias Azevedo Cavalcanti Barros Melo Duarte Coelho Aguiar
          Miranda Tavares Brito Xavier Siqueira Rezende Macedo Pires Guimaraes Medeiros Viana Peixoto
          Queiroz Fonseca Assis Bezerra Leite Sampaio Dantas Matos Figueiredo Chaves Paiva Amaral Bastos
          Furtado Nogueira Leal Torres Neves Moraes Sales Cunha Braga Pacheco Toledo Esteves Evangelista
          Valente Bittencourt Vasconcelos Trindade Zanetti Kowalski Hoffmann Yamamoto Schmidt Bianchi
          """);

  static final Names LAST_ACCENTED =
      of(
          """
          Araújo Conceição Gonçalves Simões Magalhães Guimarães Falcão Galvão Brandão Müller Núñez Ávila
          Öberg Strauß Dvořák Ångström
          """);

  static final Names STACK =
      of(
          """
          JavaScript Python Java SQL TypeScript HTML CSS C# PHP Bash C++ Go Rust Kotlin Ruby Swift Node
          React Angular Vue Django Flask Spring Laravel Rails Postgres MySQL MongoDB Redis SQLite Oracle
          Cassandra Elasticsearch Kafka RabbitMQ Docker Kubernetes Terraform Ansible AWS Azure GCP Linux
          Nginx Git Jenkins Grafana Prometheus Scala Elixir Erlang Haskell Clojure Perl Lua Dart Flutter
          GraphQL gRPC Zig
          """);

  static final List<Names> EVERY = List.of(FIRST, FIRST_ACCENTED, LAST, LAST_ACCENTED, STACK);

  private static Names of(String words) {
    return new Names(List.of(words.strip().split("\\s+", -1)));
  }

  /** The entry of rank k about 1/k times as often as the first, as names are in life. */
  String choose(RandomGenerator random) {
    return all.get((int) (Math.pow(all.size() + 1.0, random.nextDouble()) - 1));
  }
}
